import FleetModel
import FleetProtocol
import FleetSeries

/// A segment after decoding, which happens before the transaction: it costs time, not locks.
enum DecodedSegment: Sendable {
    case catalogue([SeriesDefinition])
    case metrics(DecodedMetrics)
    case events([FleetEvent])
    /// Can't be decoded: to be set aside.
    case bad(SegmentError)

    /// - Parameter chain: what the lane's metrics segments before this one left; moves on.
    init(_ segment: ReceiveSession.Segment, chain: inout SegmentContext?) {
        do {
            switch segment.lane {
            case .catalogue: self = .catalogue(try CatalogueSegment.decode(segment.bytes[...]))
            case .metrics: self = .metrics(try DecodedMetrics(segment.bytes, chain: &chain))
            case .events: self = .events(try EventSegment.decode(segment.bytes[...]))
            }
        } catch {
            self = .bad(error)
        }
    }
}
