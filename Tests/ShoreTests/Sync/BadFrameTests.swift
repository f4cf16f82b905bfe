import CoreDomain
import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport
import Testing

/// What a ship may not do, each time while another ship of the same tenant is connected.
@Suite(.shore, .serialized, .timeLimit(.minutes(10)))
struct BadFrameTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    /// Runs `body` between two deliveries of a healthy ship over one connection.
    private func besideHealthyShip(
        _ body: (_ bad: TestShip) async throws -> Void
    ) async throws {
        let number = UInt64.random(in: 0 ... .max)
        let tenant = try await shore.makeTenant("fleet-\(number)")
        let good = try await RawSession.open(
            shore,
            shore.makeShip("good-\(number)", of: tenant)
        )
        try await good.deliver(.events, 0, Segments.event("before"))
        try await body(shore.makeShip("bad-\(number)", of: tenant))
        try await good.deliver(.events, 1, Segments.event("after"))
        #expect(!good.client.isClosed)
        good.close()
    }

    @Test(arguments: BadFrame.inPlaceOfHello + BadFrame.behindHello)
    func `ends its session alone, by name and counted`(_ bad: BadFrame) async throws {
        try await besideHealthyShip { ship in
            let series = "hawser_sync_session_errors_total{error=\"\(bad.code.name)\"}"
            let before = try await shore.metric(series)
            let client = try await WireClient.connect(
                port: shore.syncPort,
                as: ship,
                authority: shore.authority
            )
            if bad.followsHello { client.send(BadFrame.greeting) }
            client.send(bad.bytes)
            let goodbye = try await client.waitForEnd()
            #expect(goodbye?.code == bad.code.name)
            #expect(goodbye?.message.isEmpty == false)
            // A state where there was a hello, what was received and good, the goodbye.
            let kinds = try client.frames().map(\.kind).filter {
                ![.acknowledgement, .received].contains($0)
            }
            #expect(kinds == (bad.followsHello ? [.state, .goodbye] : [.goodbye]))
            #expect(try await shore.metric(series) == before + 1)
        }
    }

    @Test func `a ship that means other bytes by a position is told so`() async throws {
        try await besideHealthyShip { ship in
            let session = try await RawSession.open(shore, ship)
            try await session.deliver(.events, 0, Segments.event("first"))
            session.close()
            let series = "hawser_sync_session_errors_total{error=\"position_disagreement\"}"
            let before = try await shore.metric(series)
            let client = try await WireClient.connect(
                port: shore.syncPort,
                as: ship,
                authority: shore.authority
            )
            client.send(
                .hello(
                    Hello(
                        agentVersion: "test",
                        epoch: session.epoch,
                        at: .now,
                        lanes: [
                            .init(
                                position: LanePosition(lane: .events, sequence: 1, chain: .start),
                                firstHeld: 0,
                                end: 2
                            )
                        ],
                        ledger: LedgerReport(totals: [:])
                    )
                )
            )
            let goodbye = try await client.waitForEnd()
            #expect(goodbye?.code == "position_disagreement")
            // It mends that itself, at once.
            #expect(goodbye?.retryAfterSeconds == 0)
            #expect(try await shore.metric(series) == before + 1)
        }
    }

    @Test func `kinds from later versions are passed over`() async throws {
        try await besideHealthyShip { ship in
            let session = try await RawSession.open(shore, ship)
            session.client.send(FrameEncoder.envelope(kind: 0xC0, body: [1, 2, 3]))
            session.client.send(FrameEncoder.envelope(kind: 0xFF, body: []))
            session.client.send(.ping(42))
            _ = try await session.client.waitForFrame("the ping is answered") {
                $0 == .pong(42) ? true : nil
            }
            session.close()
        }
    }

    @Test func `segments out of their order are not taken, and do no harm`() async throws {
        try await besideHealthyShip { ship in
            let session = try await RawSession.open(shore, ship)
            let segment = try Segments.event("in its place")
            session.send(.events, 5, segment.bytes)
            session.send(.events, .max, segment.bytes)
            try await session.deliver(.events, 0, segment)
            session.send(.events, 0, segment.bytes)
            try await session.deliver(.events, 1, segment)
            let stored = try await shore.look(
                """
                SELECT sequence::text AS value FROM hawser.events
                WHERE ship_id = \(ship.identity.ship) ORDER BY sequence
                """
            )
            #expect(stored == ["0", "1"])
            session.close()
        }
    }

    @Test func `a connection without a word is no error of a session`() async throws {
        let errors = "hawser_sync_session_errors_total{error=\"unexpected_frame\"}"
        let before = try await shore.metric(errors)
        // As a health check or a port scan does.
        for _ in 0..<5 {
            let client = try await WireClient.connect(port: shore.syncPort, authority: nil)
            client.close()
            try await eventually("it is closed") { client.isClosed }
        }
        try await besideHealthyShip { ship in
            let client = try await WireClient.connect(
                port: shore.syncPort,
                as: ship,
                authority: shore.authority
            )
            client.close()
            try await eventually("it is closed") { client.isClosed }
        }
        #expect(try await shore.metric(errors) == before)
    }
}
