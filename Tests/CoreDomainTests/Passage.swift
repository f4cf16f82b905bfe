import CoreDomain
import FleetModel
import FleetProtocol
import ShipStore
import ShipTestSupport
import Testing

/// What goes between a ship's store and a shore, without the wire.
enum Passage {
    static func open(
        _ store: ShipStore,
        _ shore: Shore,
        _ ship: EnrolmentDesk.Admission,
        _ hand: Hand
    ) async throws -> IngestSession {
        try await shore.ingest.open(
            ship,
            hello: Hello(
                agentVersion: "test",
                epoch: store.epoch,
                at: hand.now,
                lanes: try await store.laneReports(),
                ledger: try await store.ledger(),
                closed: try await store.closedEpoch()
            )
        )
    }

    /// All that waits, in the lanes' order; each segment twice, as after a cut.
    static func send(
        _ store: ShipStore,
        _ session: IngestSession,
        lanes: [Lane] = Lane.inOrder
    ) async throws {
        for lane in lanes {
            var next =
                try await store.laneReports().first { $0.position.lane == lane }?
                .position.sequence ?? 0
            while true {
                if try await store.offer(lane, next) == nil {
                    guard try await store.sequenceNext(lane) != nil else { break }
                }
                let stored = try #require(try await store.offer(lane, next))
                let segment = ReceiveSession.Segment(
                    lane: lane,
                    sequence: next,
                    recordCount: stored.recordCount,
                    bytes: stored.bytes
                )
                for _ in 0..<2 {
                    let outcome = try await session.commit([segment], partials: [])
                    #expect(outcome.badSegment == nil)
                }
                next += 1
                try await store.release([
                    UploadSession.Release(lane: lane, sequence: next, durableOffset: 0)
                ])
            }
        }
        try await session.tell(try await store.ledger())
    }
}
