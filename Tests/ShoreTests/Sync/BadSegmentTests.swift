import CoreDomain
import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport
import Foundation
import Testing

/// Segments that arrive whole and can't be taken: set aside, counted, reported, never in the way.
@Suite(.shore, .serialized, .timeLimit(.minutes(10)))
struct BadSegmentTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    private static let series = [LabelSet(name: "up"), LabelSet(name: "down")]

    private func shipReport(_ ship: TestShip) async throws -> [String: Any] {
        let token = try await shore.makeToken(ship.tenant)
        let report = try await shore.call("/api/v1/ships/\(ship.ship.name)/report", token: token)
        #expect(report.status == 200)
        return (report.json["ships"] as? [[String: Any]])?.first ?? [:]
    }

    private func lost(_ lane: Lane, _ report: [String: Any]) -> Int? {
        let lanes = report["lanes"] as? [String: [String: Any]]
        return lanes?["\(lane)"]?["lost"] as? Int
    }

    /// Resident memory of the server, in kB.
    private var residentMemory: Int? {
        let status = try? String(
            contentsOfFile: "/proc/\(shore.process.processID)/status",
            encoding: .utf8
        )
        let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").dropLast().last.flatMap { Int($0) }
    }

    /// A good segment for a lane that has had only the catalogue of this suite.
    private func good(_ lane: Lane) throws -> SealedSegment {
        switch lane {
        case .events: try Segments.event("good")
        case .metrics: try Segments.metrics([(0, 1), (1, 2)])
        case .catalogue, .summary, .backlog, .logs:
            try Segments.catalogue([LabelSet(name: "third")], from: 2)
        }
    }

    @Test(arguments: BadSegment.all)
    func `is set aside, ends its session alone, and does not block its lane`(
        _ bad: BadSegment
    ) async throws {
        let name = "t\(UInt64.random(in: 0 ... .max))"
        let tenant = try await shore.makeTenant(name)
        let healthy = try await RawSession.open(shore, shore.makeShip("healthy", of: tenant))
        try await healthy.deliver(.events, 0, Segments.event("before"))
        let ship = try await shore.makeShip("bad", of: tenant)
        let session = try await RawSession.open(shore, ship)
        try await session.deliver(.catalogue, 0, Segments.catalogue(Self.series))
        let sequence: UInt64 = bad.lane == .catalogue ? 1 : 0
        let errors = "hawser_sync_session_errors_total{error=\"bad_segment\"}"
        let before = try await shore.metric(errors)
        let memory = try #require(residentMemory)

        let bytes = try bad.bytes()
        try #require(bytes.count <= Limits.segmentBytes)
        session.send(bad.lane, sequence, bytes, records: 17)
        let goodbye = try await session.client.waitForEnd()
        #expect(goodbye?.code == "bad_segment")
        #expect(goodbye?.message.contains(bad.reason) == true)
        #expect(try await shore.metric(errors) == before + 1)
        // A decoder may take the limit and what it makes of it; a bomb would take far more.
        #expect(try #require(residentMemory) - memory < 96 * 1024)

        let kept = try await shore.look(
            """
            SELECT concat_ws('|', lane, sequence, record_count, encode(sha256(body), 'hex'), reason)
                AS value
            FROM hawser.quarantined_segments WHERE tenant_id = \(tenant.id)
            """
        )
        let digest = try await shore.look(
            "SELECT encode(sha256('\\x\(hexadecimal(bytes))'), 'hex') AS value"
        )
        #expect(kept.count == 1)
        let expected = "\(bad.lane.rawValue)|\(sequence)|17|\(digest[0])|\(bad.reason)"
        #expect(kept.first?.hasPrefix(expected) == true, "\(kept)")
        let report = try await shipReport(ship)
        #expect(lost(bad.lane, report) == 17)
        #expect(report["quarantined_records"] as? Int == 17)

        // The lane has passed it: the ship comes back and goes on.
        let next = try await RawSession.open(shore, ship)
        #expect(next.next(bad.lane) == sequence + 1)
        try await next.deliver(bad.lane, sequence + 1, good(bad.lane))
        next.close()
        try await healthy.deliver(.events, 1, Segments.event("after"))
        healthy.close()
    }

    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test func `a claim of more records than there can be does not block the lane`() async throws {
        let ship = try await shore.makeShip("boaster", of: shore.makeTenant("boasting"))
        for sequence in UInt64(0)..<3 {
            let session = try await RawSession.open(shore, ship)
            #expect(session.next(.events) == sequence)
            session.send(.events, sequence, [1, 2, 3], records: .max)
            #expect(try await session.client.waitForEnd()?.code == "bad_segment")
        }
        let session = try await RawSession.open(shore, ship)
        try await session.deliver(.events, 3, Segments.event("after"))
        session.close()
        _ = try await shipReport(ship)
    }

    @Test func `numbers at the ends of their types stop neither sync nor any report`() async throws
    {
        let tenant = try await shore.makeTenant("extreme")
        let ship = try await shore.makeShip("extreme", of: tenant)
        let all = LedgerTotals(produced: .max, stored: .max, pending: .max, lost: .max)
        let claims = Dictionary(uniqueKeysWithValues: Lane.allCases.map { ($0, all) })
        for (epoch, moment) in [Int64.min, .max, 0, -62_135_596_800_001].enumerated() {
            let moment = Timestamp(milliseconds: moment)
            let session = try await RawSession.open(
                shore,
                ship,
                epoch: .max - UInt64(epoch),
                at: moment,
                ledger: claims
            )
            try await session.deliver(.catalogue, 0, Segments.catalogue(Self.series))
            try await session.deliver(
                .metrics,
                0,
                Segments.metrics([(0, .greatestFiniteMagnitude), (1, -.infinity)], at: moment)
            )
            try await session.deliver(
                .events,
                0,
                Segments.event("\u{1F6A2}\0\u{7F}<odd>", at: moment)
            )
            session.close()
            let token = try await shore.makeToken(tenant)
            for format in ["json", "html", "csv", "text"] {
                let report = try await shore.call(
                    "/api/v1/fleet/report?format=\(format)",
                    token: token
                )
                try #require(report.status == 200, "\(format) at \(moment)")
                #expect(!report.body.contains("<odd>"))
            }
        }
        #expect(shore.process.isRunning)
    }
}
