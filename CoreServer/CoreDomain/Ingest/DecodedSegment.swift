import FleetModel
import FleetProtocol
import FleetSeries

/// A segment after decoding, which happens before the transaction: it costs time, not locks.
enum DecodedSegment: Sendable {
    case catalogue([SeriesDefinition])
    case metrics(MetricsSegment)
    case events([FleetEvent])
    /// Can't be decoded: to be set aside.
    case bad(SegmentError)

    init(_ segment: ReceiveSession.Segment) {
        do {
            switch segment.lane {
            case .catalogue: self = .catalogue(try CatalogueSegment.decode(segment.bytes[...]))
            case .metrics: self = .metrics(try MetricsSegmentDecoder.decode(segment.bytes[...]))
            case .events: self = .events(try EventSegment.decode(segment.bytes[...]))
            }
        } catch {
            self = .bad(error)
        }
    }
}
