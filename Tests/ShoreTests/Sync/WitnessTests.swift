import CoreDomain
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetTestSupport
import Foundation
import Testing

/// Ships as witnesses of their tenant's audit.
@Suite(.shore, .timeLimit(.minutes(10)))
struct WitnessTests {
    /// A tenant with a ship and a seal over all that made them, by the server's own sealing or ours.
    private func sealed(_ name: String, _ shore: Shore) async throws -> (Tenant, TestShip) {
        let owner = try await shore.makeTenant(name)
        let ship = try await shore.makeShip("aurora", of: owner)
        let sealer = AuditSealer(pool: shore.pool, keys: shore.keys, clock: .system)
        try await eventually("the audit of \(name) is sealed") {
            _ = try? await sealer.seal(owner.id)
            let ends = try await shore.look(
                """
                SELECT (
                    (SELECT max(last_sequence) FROM hawser.audit_seals WHERE tenant_id = \(owner.id))
                    = (SELECT sequence FROM hawser.audit_heads WHERE tenant_id = \(owner.id))
                )::text AS value
                """
            )
            return ends == ["true"]
        }
        return (owner, ship)
    }

    private func seal(_ session: RawSession) async throws -> SealNotice {
        try await session.client.waitForFrame("a seal") { frame in
            if case .seal(let notice) = frame { notice } else { nil }
        }
    }

    private func events(_ shore: Shore, _ owner: Tenant) async throws -> [String] {
        try await shore.look(
            "SELECT kind AS value FROM hawser.shore_events WHERE tenant_id = \(owner.id)"
        )
    }

    @Test func `a ship hears of the newest seal, reports it, and stands in the export`()
        async throws
    {
        let shore = try Shore.current()
        let (owner, ship) = try await sealed("witnessed", shore)
        let session = try await RawSession.open(shore, ship, answersWants: true)
        let notice = try await seal(session)
        #expect(notice.seal >= 1)
        session.client.send(.witness(notice))
        try await eventually("the witness is written down") {
            try await shore.look(
                """
                SELECT seal_number::text AS value FROM hawser.audit_witnesses
                WHERE tenant_id = \(owner.id)
                """
            ) == ["\(notice.seal)"]
        }
        session.close()
        #expect(try await events(shore, owner).isEmpty)

        let token = try await shore.makeToken(owner, role: .admin)
        let export = try await shore.call("/api/v1/audit/export", token: token)
        #expect(export.status == 200)
        try await verify(export.body, notice, shore)
        let page = try await shore.call("/api/v1/audit?limit=2&action=ship.", token: token)
        let items = try #require(page.json["items"] as? [[String: Any]])
        #expect(items.first?["target"] as? String == "ship/aurora", "\(page.body)")
        let seals = try await shore.call("/api/v1/audit/seals", token: token)
        #expect((seals.json["items"] as? [[String: Any]])?.isEmpty == false)
        let viewer = try await shore.makeToken(owner, role: .viewer)
        for path in ["audit", "audit/export", "audit/seals"] {
            #expect(try await shore.call("/api/v1/\(path)", token: viewer).status == 403)
        }
    }

    /// With the program, as an auditor does.
    private func verify(_ export: String, _ notice: SealNotice, _ shore: Shore) async throws {
        func hex(_ bytes: [UInt8]) -> String {
            bytes.map { byte in
                let digits = String(byte, radix: 16)
                return digits.count == 2 ? digits : "0" + digits
            }.joined()
        }
        let status = """
            {"ship": "aurora", "witness": {"seal": \(notice.seal), "last": \(notice.last), \
            "hash": "\(hex(notice.hash))", "signature": "\(hex(notice.signature))"}}
            """
        try await withTemporaryDirectory { folder in
            try AtomicFile.write(text: status, to: folder + "/status.json")
            let cut = export.split(separator: "\n").dropLast(2).joined(separator: "\n") + "\n"
            for (text, isRight) in [(export, true), (cut, false)] {
                try AtomicFile.write(text: text, to: folder + "/audit.jsonl")
                let runner = ProcessRunner(
                    try Products.path("hawser"),
                    [
                        "audit", "verify", folder + "/audit.jsonl", "--witness",
                        folder + "/status.json", "--keys", shore.data + "/authority/sign.pub",
                    ]
                )
                try await withProcess(runner) { process in
                    let status = try await process.waitForExit()
                    #expect(status.isSuccess == isRight, "\(process.standardError)")
                    let word = isRight ? "none altered" : "first bad entry"
                    #expect((process.standardOutput + process.standardError).contains(word))
                }
            }
        }
    }

    @Test func `a ship that keeps no seals is told none`() async throws {
        let shore = try Shore.current()
        let (_, ship) = try await sealed("older", shore)
        let session = try await RawSession.open(shore, ship)
        session.client.send(.ping(9))
        _ = try await session.client.waitForFrame("a pong") {
            if case .pong(9) = $0 { true } else { nil }
        }
        try await Task.sleep(for: .seconds(1))
        let seals = try session.client.frames().filter { $0.kind == .seal }
        #expect(seals.isEmpty)
        session.close()
    }

    @Test func `a seal that the shore lost raises an event, and a forged one another`() async throws
    {
        let shore = try Shore.current()
        let (owner, ship) = try await sealed("cut", shore)
        var session = try await RawSession.open(shore, ship, answersWants: true)
        let notice = try await seal(session)
        session.close()
        try await shore.plant(
            """
            BEGIN; SET LOCAL session_replication_role = replica;
            DELETE FROM hawser.audit_seals WHERE tenant_id = \(owner.id); COMMIT
            """
        )
        session = try await RawSession.open(shore, ship, epoch: 1, answersWants: true)
        session.client.send(.witness(notice))
        try await eventually("the shore misses the seal") {
            try await events(shore, owner).contains("audit_witness_missing")
        }
        let forged = SealNotice(
            seal: notice.seal + 1,
            last: notice.last + 1,
            hash: notice.hash,
            signature: notice.signature
        )
        session.client.send(.witness(try #require(forged)))
        try await eventually("the shore knows its own signature") {
            try await events(shore, owner).contains("audit_witness_forged")
        }
        session.close()
    }
}
