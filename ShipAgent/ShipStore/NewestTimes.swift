import FleetModel
import FleetSeries

/// The newest times of 1,024 series in a row of the store: as distances from the newest of all,
/// since series of one ship are seldom far apart.
enum NewestTimes {
    static let perRow = 1024

    static func encode(_ times: ArraySlice<Int64>) -> [UInt8] {
        let base = times.max() ?? .min
        var writer = ByteWriter(reserving: times.count * 3 + 10)
        writer.writeSignedVarint(base)
        for time in times {
            // None is 0; a distance is one more than it is, and never overflows 64 bits unsigned.
            writer.writeVarint(
                time == .min ? 0 : UInt64(bitPattern: base &- time) &+ 1
            )
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8]) throws(StoreError) -> [Int64] {
        do {
            var reader = ByteReader(bytes)
            let base = try reader.readSignedVarint()
            var times: [Int64] = []
            while reader.remaining > 0, times.count < perRow {
                let distance = try reader.readVarint()
                times.append(distance == 0 ? .min : base &- Int64(bitPattern: distance &- 1))
            }
            try reader.finish()
            return times
        } catch {
            throw StoreError(.damaged, "the newest times in the store can't be read: \(error)")
        }
    }
}
