import FleetModel

/// An opened metrics segment.
package struct MetricsSegment: Sendable, Equatable {
    package let first: Timestamp
    package let last: Timestamp
    /// Catalogue entries it needs: the highest series number it cites, plus one.
    package let watermark: UInt32
    package let groups: [SampleGroup]

    package var sampleCount: Int { groups.reduce(0) { $0 + $1.sampleCount } }

    /// What was encoded, group by group; within a group in the order given.
    package func batches() -> [SampleBatch] { groups.flatMap { $0.batches() } }
}
