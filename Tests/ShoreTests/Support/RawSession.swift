import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport

/// A sync session kept by hand: it can be the best of ships or the worst.
struct RawSession: Sendable {
    let client: WireClient
    let state: ShoreState
    let epoch: LaneEpoch

    static func hello(
        epoch: LaneEpoch,
        lanes: [Lane] = Lane.allCases,
        versions: ClosedRange<UInt32> = 1...1,
        chain: ChainDigest = .start,
        at moment: Timestamp = .now,
        ledger: [Lane: LedgerTotals] = [:],
        answersWants: Bool = false
    ) -> Frame {
        .hello(
            Hello(
                oldestVersion: versions.lowerBound,
                newestVersion: versions.upperBound,
                agentVersion: "test",
                epoch: epoch,
                at: moment,
                lanes: lanes.map {
                    .init(position: LanePosition(lane: $0, chain: chain), firstHeld: 0, end: 1000)
                },
                ledger: LedgerReport(totals: ledger),
                instance: answersWants ? 1 : nil,
                answersWants: answersWants,
                keepsSeals: answersWants
            )
        )
    }

    /// Greets, and waits for the shore's state.
    static func open(
        _ shore: Shore,
        _ ship: TestShip,
        epoch: UInt64 = 1,
        at moment: Timestamp = .now,
        ledger: [Lane: LedgerTotals] = [:],
        answersWants: Bool = false
    ) async throws -> RawSession {
        let client = try await WireClient.connect(
            port: shore.syncPort,
            as: ship,
            authority: shore.authority
        )
        let epoch = LaneEpoch(epoch)
        client.send(
            hello(epoch: epoch, at: moment, ledger: ledger, answersWants: answersWants)
        )
        let state = try await client.waitForFrame("the shore answers the hello") { frame in
            if case .state(let state) = frame { state } else { nil }
        }
        return RawSession(client: client, state: state, epoch: epoch)
    }

    /// The first segment of a lane that the shore lacked at the hello.
    func next(_ lane: Lane) -> UInt64 {
        state.positions.first { $0.lane == lane }?.sequence ?? 0
    }

    func send(_ lane: Lane, _ sequence: UInt64, _ bytes: [UInt8], records: UInt64 = 1) {
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + Limits.framePayloadBytes, bytes.count)
            client.send(
                .data(
                    DataFrame(
                        lane: lane,
                        sequence: sequence,
                        offset: UInt64(offset),
                        recordCount: end == bytes.count ? records : nil,
                        payload: Array(bytes[offset..<end])
                    )
                )
            )
            offset = end
        }
    }

    /// Waits until the shore has committed everything before `sequence`.
    func waitUntilCommitted(_ lane: Lane, before sequence: UInt64) async throws {
        try await eventually("\(lane) is committed up to \(sequence)") {
            try client.frames().contains { frame in
                guard case .acknowledgement(let lanes) = frame else { return false }
                return lanes.contains { $0.lane == lane && $0.committed >= sequence }
            }
        }
    }

    /// Sends a segment and waits until it is committed.
    func deliver(_ lane: Lane, _ sequence: UInt64, _ segment: SealedSegment) async throws {
        send(lane, sequence, segment.bytes, records: UInt64(segment.recordCount))
        try await waitUntilCommitted(lane, before: sequence + 1)
    }

    func close() {
        client.close()
    }
}
