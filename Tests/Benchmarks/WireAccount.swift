import FleetModel
import FleetProtocol
import FleetSeries

/// Adds up what crosses the link, from the real encoders' output.
struct WireAccount {
    private(set) var samples = 0
    private(set) var segments = 0
    private(set) var metrics = 0.0
    private(set) var catalogue = 0.0
    private(set) var framing = 0.0
    private(set) var acknowledgements = 0.0
    private(set) var session = 0.0
    private(set) var tls = 0.0
    private var sequences: [Lane: UInt64] = [:]

    var total: Double { metrics + catalogue + framing + acknowledgements + session + tls }

    /// A TLS 1.3 record's header, content type and AES-GCM tag (RFC 8446, section 5.2).
    private static let tlsRecordBytes = 22.0
    /// A TLS record holds at most this much.
    private static let tlsRecordPayload = 16 * 1024

    mutating func addMetrics(_ segment: SealedSegment) {
        samples += segment.recordCount
        segments += 1
        metrics += Double(segment.bytes.count)
        send(segment, on: .metrics)
    }

    mutating func addCatalogue(_ segment: SealedSegment) {
        catalogue += Double(segment.bytes.count)
        send(segment, on: .catalogue)
    }

    private mutating func send(_ segment: SealedSegment, on lane: Lane) {
        let sequence = sequences[lane, default: 0]
        sequences[lane] = sequence + 1
        var offset = 0
        while offset < segment.bytes.count {
            let end = min(offset + Limits.framePayloadBytes, segment.bytes.count)
            let frame = DataFrame(
                lane: lane,
                sequence: sequence,
                offset: UInt64(offset),
                recordCount: end == segment.bytes.count ? UInt64(segment.recordCount) : nil,
                payload: Array(segment.bytes[offset..<end])
            )
            let bytes = FrameEncoder.encode(.data(frame)).count
            framing += Double(bytes - frame.payload.count)
            addRecords(for: bytes)
            offset = end
        }
        // The shore acknowledges each commit, all lanes at once.
        let answer = FrameEncoder.encode(
            .acknowledgement(
                Lane.allCases.map {
                    LaneAcknowledgement(
                        lane: $0,
                        committed: sequences[$0] ?? 0,
                        durableOffset: 0
                    )
                }
            )
        ).count
        acknowledgements += Double(answer)
        addRecords(for: answer)
    }

    private mutating func addRecords(for bytes: Int) {
        let records = (bytes + Self.tlsRecordPayload - 1) / Self.tlsRecordPayload
        tls += Double(records) * Self.tlsRecordBytes
    }

    /// One hello and its answer.
    mutating func addSession(lanes: Int) {
        let reports = Lane.allCases.prefix(lanes).map {
            Hello.LaneReport(
                position: LanePosition(lane: $0, sequence: 1000),
                firstHeld: 1000,
                end: 1000
            )
        }
        let totals = LedgerTotals(produced: 1_000_000, stored: 1_000_000)
        let hello = Hello(
            agentVersion: "0.1.0",
            epoch: LaneEpoch(1),
            at: Timestamp(seconds: 1_800_000_000),
            lanes: reports,
            ledger: LedgerReport(
                totals: Dictionary(uniqueKeysWithValues: Lane.allCases.map { ($0, totals) })
            )
        )
        let state = ShoreState(
            version: 1,
            at: Timestamp(seconds: 1_800_000_000),
            positions: reports.map(\.position),
            catalogueWatermark: 1500,
            renewCertificate: false
        )
        for frame in [Frame.hello(hello), .state(state)] {
            let bytes = FrameEncoder.encode(frame).count
            session += Double(bytes)
            addRecords(for: bytes)
        }
    }
}
