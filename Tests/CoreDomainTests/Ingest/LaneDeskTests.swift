import CoreDomain
import FleetModel
import FleetProtocol
import FleetSeries
import Testing

/// Bytes of unfinished segments, and segments that can't be read.
@Suite(.timeLimit(.minutes(10)))
struct LaneDeskTests {
    private func part(
        _ bytes: [UInt8],
        from offset: Int,
        of sequence: UInt64 = 0
    ) -> ReceiveSession.Partial {
        ReceiveSession.Partial(
            lane: .metrics,
            sequence: sequence,
            offset: UInt64(offset),
            bytes: Array(bytes[offset...])
        )
    }

    @Test func `staged parts outlive the session and are completed by the next`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let voyage = try Cargo.voyage(segments: 1)
            let bytes = voyage[1].bytes
            let session = try await shore.open(ship)
            let first = try await session.commit(
                [voyage[0]],
                partials: [part(Array(bytes[..<10]), from: 0)]
            )
            #expect(
                first.acknowledgements.contains(
                    LaneAcknowledgement(lane: .metrics, committed: 0, durableOffset: 10)
                )
            )
            _ = try await session.commit([], partials: [part(Array(bytes[..<25]), from: 10)])

            let next = try await shore.open(ship)
            #expect(next.staged[.metrics] == Array(bytes[..<25]))
            var receiving = ReceiveSession(positions: next.openedAt, staged: next.staged)
            let whole = try receiving.dataReceived(
                DataFrame(
                    lane: .metrics,
                    sequence: 0,
                    offset: 25,
                    recordCount: voyage[1].recordCount,
                    payload: Array(bytes[25...])
                )
            )
            #expect(whole == voyage[1])
            _ = try await next.commit([try #require(whole)], partials: [])
            #expect(try await shore.number("SELECT count(*) FROM hawser.lane_staging") == 0)
            #expect(try await shore.number("SELECT count(*) FROM hawser.sample_blocks") == 1)
        }
    }

    @Test func `a commit in one lane leaves another's durable bytes acknowledged`() async throws {
        try await withShore { shore in
            let session = try await shore.open(try await shore.ship())
            let voyage = try Cargo.voyage(segments: 1)
            _ = try await session.commit(
                [],
                partials: [part(Array(voyage[1].bytes[..<10]), from: 0)]
            )
            let outcome = try await session.commit([voyage[0]], partials: [])
            #expect(
                outcome.acknowledgements.contains(
                    LaneAcknowledgement(lane: .metrics, committed: 0, durableOffset: 10)
                )
            )
        }
    }

    @Test func `of two sessions' parts the longer one is kept`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            let bytes = try Cargo.voyage(segments: 1)[1].bytes
            let (one, two) = (try await shore.open(ship), try await shore.open(ship))
            _ = try await one.commit([], partials: [part(Array(bytes[..<5]), from: 0)])
            _ = try await two.commit([], partials: [part(Array(bytes[..<20]), from: 0)])
            _ = try await one.commit([], partials: [part(Array(bytes[..<8]), from: 5)])
            #expect(try await shore.open(ship).staged[.metrics] == Array(bytes[..<20]))
        }
    }

    @Test func `a segment that can't be read is set aside, counted, and blocks nothing`()
        async throws
    {
        try await withShore { shore in
            let ship = try await shore.ship()
            let voyage = try Cargo.voyage(segments: 2)
            var damaged = voyage[1].bytes
            damaged[damaged.count / 2] ^= 0x10
            let bad = ReceiveSession.Segment(
                lane: .metrics,
                sequence: 0,
                recordCount: 20,
                bytes: damaged
            )
            let session = try await shore.open(ship)
            let outcome = try await session.commit([voyage[0], bad, voyage[2]], partials: [])
            #expect(outcome.badSegment?.code == .wrongChecksum)
            #expect(
                outcome.acknowledgements.contains(
                    LaneAcknowledgement(lane: .metrics, committed: 2, durableOffset: 0)
                )
            )
            let kept = try await shore.number(
                "SELECT count(*) FROM hawser.quarantined_segments "
                    + "WHERE record_count = 20 AND octet_length(body) = \(damaged.count)"
            )
            #expect(kept == 1)
            let counted = try await shore.number(
                "SELECT stored_records * 1000 + quarantined_records FROM hawser.lane_positions "
                    + "WHERE lane = 4"
            )
            #expect(counted == 20_020)
        }
    }

    @Test func `a segment that cites unknown series is set aside`() async throws {
        try await withShore { shore in
            let session = try await shore.open(try await shore.ship())
            let segment = try Cargo.voyage(segments: 1)[1]
            let outcome = try await session.commit([segment], partials: [])
            #expect(outcome.badSegment?.code == .malformed)
            #expect(try await shore.number("SELECT count(*) FROM hawser.sample_blocks") == 0)
            #expect(try await shore.number("SELECT count(*) FROM hawser.rollups") == 0)
        }
    }

    @Test func `counts of records that no table can hold are brought into range`() async throws {
        try await withShore { shore in
            let session = try await shore.open(try await shore.ship())
            let bad = (0..<3).map {
                ReceiveSession.Segment(
                    lane: .events,
                    sequence: $0,
                    recordCount: .max,
                    bytes: [1, 2, 3]
                )
            }
            let outcome = try await session.commit(Array(bad[..<2]), partials: [])
            #expect(outcome.badSegment?.code == .badMagic)
            _ = try await session.commit([bad[2]], partials: [])
            let counted = try await shore.number(
                "SELECT quarantined_records FROM hawser.lane_positions WHERE lane = 1"
            )
            #expect(counted == Int64(3 * Limits.segmentSamples))
        }
    }
}
