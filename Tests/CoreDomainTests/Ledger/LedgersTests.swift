import CoreDomain
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import FleetTestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct LedgersTests {
    private static let day = Shore.now.floored(to: .seconds(86_400))

    private func ledger(
        _ shore: Shore,
        _ ship: EnrolmentDesk.Admission,
        after place: ShipLedger.Place? = nil,
        limit: Int = 100
    ) async throws -> ShipLedger {
        let found = try await shore.ships.find(tenant: ship.identity.tenant, name: "aurora")
        return try await Ledgers(pool: shore.pool).ledger(
            of: found,
            range: TimeRange(from: Self.day, to: Self.day + .seconds(86_400)),
            after: place,
            limit: limit
        )
    }

    private func report(
        _ metrics: LedgerTotals,
        summary: LedgerTotals = LedgerTotals(produced: 3, stored: 3)
    ) -> LedgerReport {
        LedgerReport(totals: [
            .metrics: metrics,
            .summary: summary,
        ])
    }

    /// 100 samples stored of 160, 40 thinned, 10 given up, 10 on their way.
    private static let honest = LedgerTotals(
        produced: 160,
        stored: 100,
        pending: 10,
        degraded: 40,
        lost: 10
    )

    private static func declaration(_ samples: UInt64, _ rung: Rung?) -> Declaration {
        Declaration(
            lane: .metrics,
            from: day,
            to: day + .seconds(3600),
            rung: rung,
            samples: samples,
            reason: .budget,
            at: Shore.now
        )
    }

    private static let told = SummarySegment(
        declarations: [declaration(40, .oneMinute), declaration(10, nil)],
        accounts: [
            DayAccount(
                lane: .metrics,
                day: DayAccount.day(of: Shore.now),
                produced: 160,
                degraded: 40,
                lost: 10
            )
        ]
    )

    /// A session that stored 100 samples of this day.
    private func voyage(
        _ shore: Shore,
        _ ship: EnrolmentDesk.Admission
    ) async throws -> IngestSession {
        let session = try await shore.open(ship)
        _ = try await session.commit(try Cargo.voyage(segments: 5), partials: [])
        return session
    }

    private func open(
        _ ingest: Ingest,
        _ ship: EnrolmentDesk.Admission,
        ledger: LedgerReport
    ) async throws -> IngestSession {
        try await ingest.open(
            ship,
            hello: Hello(
                agentVersion: "test",
                epoch: LaneEpoch(1),
                at: Shore.now,
                lanes: Lane.allCases.map {
                    Hello.LaneReport(position: LanePosition(lane: $0), firstHeld: 0, end: 1000)
                },
                ledger: ledger
            )
        )
    }

    @Test func `an honest account is reconciled, by lane and day`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await voyage(shore, ship)
            _ = try await session.commit(
                [Cargo.summary(0, try Self.told.encode())],
                partials: []
            )
            try await session.tell(report(Self.honest))
            // At the next opening, too, where more is known.
            _ = try await shore.open(ship, ledger: report(Self.honest).totals)
            let ledger = try await ledger(shore, ship)
            #expect(ledger.differences.isEmpty)
            let lane = try #require(ledger.lanes.first { $0.lane == .metrics })
            #expect(lane.told == Self.honest)
            #expect(lane.storedAshore == 100)
            let day = try #require(ledger.days.first { $0.lane == .metrics })
            #expect(day.day == Self.day)
            #expect((day.produced, day.stored, day.degraded, day.lost) == (160, 100, 40, 10))
            #expect(day.pending == 10)
            #expect(ledger.declarations.map(\.declaration) == Self.told.declarations)
            let events = "SELECT count(*) FROM hawser.shore_events WHERE kind LIKE 'ledger_%'"
            #expect(try await shore.number(events) == 0)
        }
    }

    @Test func `declarations come in pages`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await voyage(shore, ship)
            for sequence in UInt64(0)..<3 {
                let segment = Cargo.summary(sequence, try Self.told.encode())
                _ = try await session.commit([segment], partials: [])
            }
            var found: [Declaration] = []
            var place: ShipLedger.Place?
            repeat {
                let page = try await ledger(shore, ship, after: place, limit: 4)
                found += page.declarations.map(\.declaration)
                place = page.next
            } while place != nil
            #expect(found == Array(repeating: Self.told.declarations, count: 3).flatMap { $0 })
        }
    }

    /// What is wrong, and what it is called.
    static let tampered: [(LedgerTotals, String, UInt64)] = [
        (
            LedgerTotals(produced: 170, stored: 100, pending: 10, degraded: 40, lost: 10),
            "unbalanced", 10
        ),
        (
            LedgerTotals(produced: 162, stored: 102, pending: 10, degraded: 40, lost: 10),
            "missing_ashore", 2
        ),
        (
            LedgerTotals(produced: 143, stored: 90, pending: 3, degraded: 40, lost: 10),
            "surplus_ashore", 7
        ),
        (
            LedgerTotals(produced: 165, stored: 100, pending: 10, degraded: 45, lost: 10),
            "undeclared", 5
        ),
    ]

    @Test(arguments: tampered)
    func `a changed account is found, named and raised once`(
        told: LedgerTotals,
        kind: String,
        records: UInt64
    ) async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await voyage(shore, ship)
            _ = try await session.commit(
                [Cargo.summary(0, try Self.told.encode())],
                partials: []
            )
            _ = try await shore.open(ship, ledger: report(told).totals)
            // Some are told at once, all of them when they last.
            let later = Ingest(
                pool: shore.pool,
                clock: .fixed(Shore.now + .seconds(2 * 3600)),
                metrics: IngestMetrics(MetricsRegistry())
            )
            for _ in 0..<2 { _ = try await open(later, ship, ledger: report(told)) }
            var differences = try await ledger(shore, ship).differences
            #expect(differences.map(\.kind.rawValue) == [kind])
            #expect(differences.first?.records == records)
            #expect(differences.first?.resolvedAt == nil)
            let events = "SELECT count(*) FROM hawser.shore_events WHERE kind LIKE 'ledger_%'"
            #expect(try await shore.number(events) == 1)
            // In the ship's report.
            let fleet = try await shore.reports.ship(
                tenant: ship.identity.tenant,
                name: "aurora",
                range: TimeRange(from: Self.day, to: Self.day + .seconds(86_400))
            )
            #expect(fleet.ships.first?.events.contains { $0.kind == "ledger_\(kind)" } == true)
            // Agreeing again is written down.
            _ = try await shore.open(ship, ledger: report(Self.honest).totals)
            differences = try await ledger(shore, ship).differences
            #expect(differences.map { $0.resolvedAt != nil } == [true])
        }
    }

    @Test func `what is declared later is no difference while declarations are on their way`()
        async throws
    {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await voyage(shore, ship)
            try await session.tell(
                report(Self.honest, summary: LedgerTotals(produced: 2, pending: 2))
            )
            #expect(try await ledger(shore, ship).differences.isEmpty)
            try await session.tell(report(Self.honest, summary: LedgerTotals()))
            #expect(try await ledger(shore, ship).differences.isEmpty)
            let open = "SELECT count(*) FROM hawser.ledger_differences WHERE kind = 'undeclared'"
            #expect(try await shore.number(open) == 1)
        }
    }

    @Test func `rollups that coarser ones stand for need no declaration`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let session = try await voyage(shore, ship)
            _ = try await session.commit(
                [Cargo.summary(0, try Self.told.encode())],
                partials: []
            )
            let summary = LedgerTotals(produced: 43, stored: 3, degraded: 40)
            try await session.tell(report(Self.honest, summary: summary))
            let found = "SELECT count(*) FROM hawser.ledger_differences"
            #expect(try await shore.number(found) == 0)
        }
    }
}
