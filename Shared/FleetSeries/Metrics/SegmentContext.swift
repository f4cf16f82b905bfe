import FleetModel

/// What a metrics segment leaves behind for the next one of its lane: the last values of all
/// series, and how they behaved.
///
/// Encoder and decoder of one lane hold equal contexts after every segment. `digest` is the
/// checksum of the segment that it was left by; a predicted segment names it, and since its own
/// checksum covers that name, a digest stands for the whole chain back to the key segment.
package struct SegmentContext: Sendable, Equatable {
    /// One group's series: `states` lie beside `numbers`, which ascend.
    struct Group: Sendable, Equatable {
        var group: UInt32
        var lastTimestamp: Int64
        var lastInterval: Int64
        var numbers: [UInt32]
        var states: [SeriesState]
    }

    package internal(set) var digest: UInt32 = 0
    var groups: [Group] = []
    var probabilities = [Probability](repeating: Probability(), count: ModelLayout.size)

    init() {}

    /// Series it remembers.
    package var seriesCount: Int { groups.reduce(0) { $0 + $1.numbers.count } }

    /// Bytes of memory it takes, roughly.
    package var footprint: Int {
        seriesCount * (MemoryLayout<SeriesState>.stride + 4) + ModelLayout.size * 4
    }

    /// Throws `.aboveLimit` for more than one ship may have; a key segment forgets what is gone.
    func checkLimits() throws(SegmentError) {
        guard seriesCount <= Int(Limits.seriesPerShip),
            groups.count <= MetricsSegmentSummary.groupLimit
        else {
            throw SegmentError(.aboveLimit, "\(seriesCount) series in \(groups.count) groups")
        }
    }
}
