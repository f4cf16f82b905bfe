import FleetModel
import FleetSeries

/// Seals windows as the agent does: each predicted from the one before, every 64th standing alone.
struct SegmentChain {
    private static let longest = 64

    private var encoder = MetricsSegmentEncoder()
    private var context: SegmentContext?
    private var length = 0

    /// More than one segment where the samples don't fit.
    mutating func seal(_ batches: ArraySlice<SampleBatch>) throws -> [SealedSegment] {
        do {
            let predecessor = length < Self.longest ? context : nil
            let (segment, next) = try encoder.encode(Array(batches), predictedFrom: predecessor)
            context = next
            length = predecessor == nil ? 1 : length + 1
            return [segment]
        } catch {
            guard error.code == .tooLarge || error.code == .aboveLimit, batches.count > 1 else {
                throw error
            }
            let middle = batches.startIndex + batches.count / 2
            return try seal(batches[..<middle]) + seal(batches[middle...])
        }
    }
}
