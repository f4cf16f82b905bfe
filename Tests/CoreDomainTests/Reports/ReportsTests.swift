import CoreDomain
import FleetModel
import FleetProtocol
import Testing

@Suite(.timeLimit(.minutes(10)))
struct ReportsTests {
    private func day() throws -> TimeRange {
        try TimeRange(from: Shore.now - .seconds(86_400), to: Shore.now + .seconds(1))
    }

    private func report(_ shore: Shore, _ ship: EnrolmentDesk.Admission) async throws -> ShipReport
    {
        let fleet = try await shore.reports.ship(
            tenant: ship.identity.tenant,
            name: ship.shipName,
            range: day()
        )
        return try #require(fleet.ships.first)
    }

    @Test func `an account adds up over epochs: what an ended one had pending is lost`()
        async throws
    {
        try await withShore { shore in
            let ship = try await shore.ship()
            let voyage = try Cargo.voyage(segments: 2)
            let first = try await shore.open(
                ship,
                epoch: 1,
                ledger: [.metrics: LedgerTotals(produced: 100, stored: 0, pending: 93, lost: 7)]
            )
            _ = try await first.commit(voyage, partials: [])
            let second = try await shore.open(ship, epoch: 2)
            let bad = ReceiveSession.Segment(
                lane: .metrics,
                sequence: 0,
                recordCount: 11,
                bytes: [9]
            )
            _ = try await second.commit([bad], partials: [])

            let report = try await report(shore, ship)
            let expected = LedgerTotals(produced: 111, stored: 40, pending: 0, lost: 71)
            #expect(report.samples == expected)
            #expect(report.samples.balances)
            #expect(report.quarantined == 11)
        }
    }

    @Test func `a ship that claims absurd counts does not stop its report`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            for epoch: UInt64 in 1...5 {
                let absurd = LedgerTotals(produced: .max, stored: .max, pending: .max, lost: .max)
                _ = try await shore.open(ship, epoch: epoch, ledger: [.metrics: absurd])
            }
            #expect(try await report(shore, ship).samples.balances)
        }
    }

    @Test func `the link's use is counted within the range`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await shore.open(ship)
            for _ in 0..<2 {
                try await session.note(
                    LinkUsage(connected: .seconds(864), bytesUp: 10, bytesDown: 3, sessions: 1)
                )
            }
            let link = try await report(shore, ship).link
            #expect(link.bytesUp == 20)
            #expect(link.bytesDown == 6)
            #expect(link.sessions == 2)
            #expect(abs(link.availability - 0.02) < 1e-9)
        }
    }

    @Test func `a fleet report holds the tenant's own ships only`() async throws {
        try await withShore { shore in
            let acme = try await shore.ship(tenant: "acme", "aurora")
            _ = try await shore.ship(tenant: "zenith", "aurora")
            let fleet = try await shore.reports.fleet(
                tenant: acme.identity.tenant,
                visible: .all,
                range: day()
            )
            #expect(fleet.tenant == "acme")
            #expect(fleet.ships.map(\.name) == ["aurora"])
            await #expect(throws: DomainError.self) {
                try await shore.reports.ship(
                    tenant: acme.identity.tenant,
                    name: "borealis",
                    range: day()
                )
            }
        }
    }
}
