import CoreDomain
import CorePostgres
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetTestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct IngestTests {
    /// Every sample of the last day, as stored.
    private func stored(
        _ shore: Shore,
        _ admission: EnrolmentDesk.Admission
    ) async throws -> [Cargo.Sample] {
        var samples: [Cargo.Sample] = []
        try await shore.telemetry.eachSample(
            of: admission.identity,
            range: TimeRange(
                from: Shore.now - .seconds(86_400),
                to: Shore.now + .seconds(86_400)
            )
        ) { sample in
            samples.append(
                Cargo.Sample(
                    series: sample.series,
                    at: sample.at.milliseconds,
                    bits: sample.value.bitPattern
                )
            )
        }
        return samples
    }

    private func order(_ samples: [Cargo.Sample]) -> [Cargo.Sample] {
        samples.sorted { ($0.at, $0.series, $0.bits) < ($1.at, $1.series, $1.bits) }
    }

    @Test func `segments committed twice are stored once`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let voyage = try Cargo.voyage(segments: 5)
            let session = try await shore.open(ship)
            let first = try await session.commit(voyage, partials: [])
            let second = try await session.commit(voyage, partials: [])
            let other = try await shore.open(ship)
            let third = try await other.commit(voyage, partials: [])

            let expected = LaneAcknowledgement(lane: .metrics, committed: 5, durableOffset: 0)
            for outcome in [first, second, third] {
                #expect(outcome.acknowledgements.contains(expected))
                #expect(outcome.badSegment == nil)
            }
            #expect(try await order(stored(shore, ship)) == order(try Cargo.samples(voyage)))
            let counted = try await shore.number("SELECT sum(sample_count) FROM hawser.rollups")
            #expect(counted == Int64(3 * 5 * 4 * 5))
        }
    }

    @Test func `two sessions that commit the same segments at once store them once`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let voyage = try Cargo.voyage(segments: 12)
            let sessions = [try await shore.open(ship), try await shore.open(ship)]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for session in sessions {
                    group.addTask {
                        for segment in voyage {
                            let outcome = try await session.commit([segment], partials: [])
                            #expect(outcome.badSegment == nil)
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await order(stored(shore, ship)) == order(try Cargo.samples(voyage)))
            #expect(try await shore.number("SELECT count(*) FROM hawser.quarantined_segments") == 0)
        }
    }

    @Test func `a session learns of definitions that another session entered`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let voyage = try Cargo.voyage(segments: 1)
            let late = try await shore.open(ship)
            let early = try await shore.open(ship)
            _ = try await early.commit([voyage[0]], partials: [])
            let outcome = try await late.commit(voyage, partials: [])
            #expect(outcome.badSegment == nil)
            #expect(try await stored(shore, ship).count == 20)
        }
    }

    @Test func `two epochs of one ship at once keep its rollups right`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let voyage = try Cargo.voyage(segments: 15)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for epoch: UInt64 in [1, 2] {
                    let session = try await shore.open(ship, epoch: epoch)
                    group.addTask {
                        for segment in voyage {
                            _ = try await session.commit([segment], partials: [])
                        }
                    }
                }
                try await group.waitForAll()
            }
            let counted = try await shore.number("SELECT sum(sample_count) FROM hawser.rollups")
            #expect(counted == Int64(2 * 3 * 15 * 4 * 5))
            #expect(try await shore.number("SELECT count(*) FROM hawser.series") == 5)
        }
    }

    @Test func `backends that are killed at any moment cost no sample and double none`()
        async throws
    {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "killed backends"))
        let pauses = (0..<40).map { _ in Int.random(in: 1...25, using: &generator) }
        try await withShore { shore in
            let ship = try await shore.ship()
            let voyage = try Cargo.voyage(segments: 60)
            let killer = Task {
                var kills: Int64 = 0
                for pause in pauses {
                    try await Task.sleep(for: .milliseconds(pause))
                    kills += try await shore.number(
                        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                            + "WHERE application_name = 'shore' AND datname = current_database()"
                    )
                }
                return kills
            }
            var place = 0
            while place < voyage.count {
                do {
                    let session = try await shore.open(ship)
                    while place < voyage.count {
                        let outcome = try await session.commit([voyage[place]], partials: [])
                        #expect(outcome.badSegment == nil)
                        place += 1
                    }
                } catch IngestError.unavailable {
                    // As a ship does: a new session, from the segment that was not acknowledged.
                }
            }
            let kills = try await killer.value
            #expect(kills > 0, "nothing was killed, so nothing is proven")
            #expect(try await order(stored(shore, ship)) == order(try Cargo.samples(voyage)))
            let counted = try await shore.number("SELECT sum(sample_count) FROM hawser.rollups")
            #expect(counted == Int64(3 * 60 * 4 * 5))
            #expect(try await shore.number("SELECT count(*) FROM hawser.quarantined_segments") == 0)
        }
    }

    @Test func `a segment after a gap is refused`() async throws {
        try await withShore { shore in
            let session = try await shore.open(try await shore.ship())
            let voyage = try Cargo.voyage(segments: 3)
            _ = try await session.commit([voyage[0], voyage[1]], partials: [])
            await #expect {
                try await session.commit([voyage[3]], partials: [])
            } throws: { error in
                if case IngestError.disagreement = error { true } else { false }
            }
            #expect(try await shore.number("SELECT count(*) FROM hawser.sample_blocks") == 1)
        }
    }

    @Test func `ship and shore with different bytes before a position are told apart`() async throws
    {
        try await withShore { shore in
            let ship = try await shore.ship()
            let voyage = try Cargo.voyage(segments: 2)
            _ = try await shore.open(ship).commit(voyage, partials: [])
            let chain = voyage.filter { $0.lane == .metrics }
                .reduce(ChainDigest.start) { $0.advanced(by: $1.bytes) }

            for (told, isRight) in [(chain, true), (chain.advanced(by: [0]), false)] {
                let position = LanePosition(lane: .metrics, sequence: 2, chain: told)
                let hello = Shore.hello(positions: [position])
                // It is told where the shore stands either way: that is how it finds out.
                let session = try await shore.ingest.open(ship, hello: hello)
                #expect(
                    session.openedAt == [LanePosition(lane: .metrics, sequence: 2, chain: chain)]
                )
                #expect((Ingest.disagreement(hello, session) == nil) == isRight)
            }
        }
    }

    @Test func `a series keeps its id when the ship lost its disk`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            _ = try await shore.open(ship, epoch: 1).commit(
                [Cargo.catalogue(0, 0..<6)],
                partials: []
            )
            let reversed = try Cargo.catalogue(0, 0..<8) { Cargo.labels(7 - $0) }
            _ = try await shore.open(ship, epoch: .max).commit([reversed], partials: [])

            #expect(try await shore.number("SELECT count(*) FROM hawser.series") == 8)
            let moved = try await shore.number(
                "SELECT count(*) FROM hawser.series_numbers AS a JOIN hawser.series_numbers AS b "
                    + "USING (tenant_id, ship_id, series_id) WHERE a.epoch = 1 AND b.epoch = -1 "
                    + "AND a.number = 7 - b.number"
            )
            #expect(moved == 6)
        }
    }

    @Test func `a ship that is revoked in mid-session is refused at its next commit`() async throws
    {
        try await withShore { shore in
            let admission = try await shore.ship()
            let session = try await shore.open(admission)
            let voyage = try Cargo.voyage(segments: 2)
            _ = try await session.commit(Array(voyage[..<2]), partials: [])
            let ship = try await shore.ships.find(
                tenant: admission.identity.tenant,
                name: admission.shipName
            )
            try await shore.ships.revoke(ship, at: Shore.now, for: .command("test"))
            await #expect(throws: IngestError.revoked) {
                try await session.commit([voyage[2]], partials: [])
            }
            await #expect(throws: IngestError.revoked) { try await shore.open(admission) }
        }
    }

    @Test func `events are stored in their order`() async throws {
        try await withShore { shore in
            let session = try await shore.open(try await shore.ship())
            let events = (0..<3).map {
                FleetEvent(
                    at: Shore.now - .seconds(Int64($0)),
                    severity: .warning,
                    kind: "bilge\0high",
                    message: "pump \($0)"
                )
            }
            _ = try await session.commit([try Cargo.events(0, events)], partials: [])
            let matching = try await shore.number(
                "SELECT count(*) FROM hawser.events "
                    + "WHERE message = 'pump ' || ordinal AND kind = 'bilgehigh' AND severity = 2"
            )
            #expect(matching == 3)
        }
    }
}
