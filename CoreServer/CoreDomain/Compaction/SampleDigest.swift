import FleetModel
import FleetSeries

/// A sum over samples that does not depend on their order: equal digests mean the same samples.
struct SampleDigest: Sendable, Equatable {
    private(set) var count: Int64 = 0
    private var sum: UInt64 = 0

    mutating func add(series: Int32, at milliseconds: Int64, _ value: Double) {
        count += 1
        var mixed = UInt64(UInt32(bitPattern: series)) &* 0x9E37_79B9_7F4A_7C15
        mixed = Self.mix(mixed ^ UInt64(bitPattern: milliseconds))
        sum &+= Self.mix(mixed ^ value.bitPattern)
    }

    mutating func add(_ group: SampleGroup, identify: (SeriesNumber) -> Int32) {
        for column in group.columns {
            let id = identify(column.number)
            column.eachValue(times: group.timestamps) { add(series: id, at: $0, $1) }
        }
    }

    /// SplitMix64's finalizer: every bit of the input reaches every bit of the output.
    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
