import CoreDomain
import FleetModel
import FleetTestSupport
import ShipStore
import ShipTestSupport
import Testing

/// The accounts by day where a ship begins a new epoch: real store, real shore.
@Suite(.timeLimit(.minutes(10)))
struct EpochDaysTests {
    /// A midnight, far enough back that all is of the past.
    private static let start = Timestamp(milliseconds: 1_795_219_200_000 - 4 * 86_400_000)
    private static let perDay = 24 * Tanks.samplesPerHour

    private func days(
        _ shore: Shore,
        _ ship: EnrolmentDesk.Admission
    ) async throws -> [ShipLedger.Day] {
        let found = try await shore.ships.find(tenant: ship.identity.tenant, name: "aurora")
        return try await Ledgers(pool: shore.pool).ledger(
            of: found,
            range: TimeRange(from: Self.start, to: Self.start + .seconds(4 * 86_400)),
            limit: 1
        ).days.filter { $0.lane == .metrics }
    }

    @Test(arguments: [false, true])
    func `each day adds up over the epochs of one ship`(isDiskLost: Bool) async throws {
        try await withShore { shore in
            let admission = try await shore.ship()
            try await withTemporaryDirectory { folder in
                let hand = Hand(at: Self.start)
                var tanks = Tanks(seed: 8)
                let first = try ShipStore(directory: folder, create: true, clock: hand.clock)
                try await tanks.sail(hours: 24, first, hand)
                var session = try await Passage.open(first, shore, admission, hand)
                try await Passage.send(first, session)
                // Told, and not ashore yet.
                try await tanks.sail(hours: 24, first, hand)
                for _ in 0..<3 {
                    let unit = try #require(try await first.unitToThin())
                    _ = try await first.tidy { writer in
                        try writer.thin(unit, to: .counts, [], reason: .budget, archiveLimit: 0)
                    }
                }
                session = try await Passage.open(first, shore, admission, hand)
                try await Passage.send(first, session, lanes: [.summary])

                try await withTemporaryDirectory { other in
                    var store = first
                    if isDiskLost {
                        store = try ShipStore(directory: other, create: true, clock: hand.clock)
                    } else {
                        _ = try await store.beginEpoch(truth: [])
                    }
                    try await tanks.sail(hours: 24, store, hand)
                    session = try await Passage.open(store, shore, admission, hand)
                    hand.move(.seconds(3600))
                    try await Passage.send(store, session)
                    let days = try await days(shore, admission)
                    #expect(days.map(\.produced) == [Self.perDay, Self.perDay, Self.perDay])
                    let thinned = 3 * Tanks.samplesPerHour
                    #expect(days.map(\.degraded) == [0, thinned, 0])
                    let rest = Self.perDay - thinned
                    #expect(
                        days.map(\.stored) == [Self.perDay, isDiskLost ? 0 : rest, Self.perDay]
                    )
                    #expect(days.map(\.lost) == [0, isDiskLost ? rest : 0, 0])
                    #expect(days.map(\.pending) == [0, 0, 0])
                    let open = """
                        SELECT count(*) FROM hawser.ledger_differences WHERE resolved_at IS NULL
                        """
                    #expect(try await shore.number(open) == 0)
                }
            }
        }
    }
}
