import FleetSeries

/// What a lane's metrics segments so far left for the next one to be read with.
struct PredictionChain: Sendable {
    /// Segments after which a ship begins anew: what the shore replays when a session opens, and so
    /// what it keeps. The ship's own number is the same; one that goes on longer is not read.
    static let longest = 64

    private(set) var context: SegmentContext?
    private var length = 0

    init() {}

    /// Replays a lane's tail. Where it can't be read, the ship's next key segment begins anew.
    init(replaying tail: [[UInt8]]) {
        for bytes in tail where (try? read(bytes)) == nil {
            self = Self()
            return
        }
    }

    /// Reads the next segment. Throws without moving on.
    mutating func read(
        _ bytes: [UInt8]
    ) throws(SegmentError) -> (segment: MetricsSegment, isKey: Bool) {
        let summary = try MetricsSegmentDecoder.summary(of: bytes[...])
        let isKey = summary.predecessor == nil
        guard isKey || length < Self.longest else {
            throw SegmentError(.malformed, "more than \(Self.longest) segments in one chain")
        }
        let (segment, next) = try MetricsSegmentDecoder.decode(bytes[...], context: context)
        context = next
        length = isKey ? 1 : length + 1
        return (segment, isKey)
    }
}
