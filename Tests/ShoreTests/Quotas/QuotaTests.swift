import CoreDomain
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport
import Foundation
import Testing

/// What a tenant may use, against a real server and real sessions.
@Suite(.shore, .serialized, .timeLimit(.minutes(10)))
struct QuotaTests {
    private func operations(_ shore: Shore) async throws -> String {
        try await shore.makeToken(try await shore.tenants.find(name: "system"), role: .system)
    }

    private func set(_ limits: String, of tenant: Tenant, _ shore: Shore) async throws {
        let answer = try await shore.call(
            "/api/v1/quotas",
            method: "PUT",
            token: try await operations(shore),
            headers: [
                "Hawser-Tenant: \(tenant.name)", "If-Match: *", "Content-Type: application/json",
            ],
            body: limits
        )
        try #require(answer.status == 200, "\(answer.body)")
    }

    private func labels(_ count: Int) throws -> [LabelSet] {
        (0..<count).map { LabelSet(name: "pressure", ["line": "\($0)"]) }
    }

    @Test func `quotas are set by the installation alone, and only over what was seen`()
        async throws
    {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("quota-set")
        let admin = try await shore.makeToken(tenant, role: .admin)
        let ops = try await operations(shore)
        func put(_ token: String, _ headers: [String], _ body: String) async throws -> APIResponse {
            try await shore.call(
                "/api/v1/quotas",
                method: "PUT",
                token: token,
                headers: headers + ["Content-Type: application/json"],
                body: body
            )
        }
        let acting = ["Hawser-Tenant: quota-set"]
        #expect(try await put(admin, ["If-Match: *"], "{}").status == 403)
        #expect(try await put(ops, acting, "{}").status == 428)
        #expect(try await put(ops, acting + ["If-Match: \"7\""], "{}").status == 412)
        let wrong = try await put(ops, acting + ["If-Match: *"], "{\"boats\": 1}")
        #expect(wrong.status == 400)
        #expect(
            try await put(ops, acting + ["If-Match: *"], "{\"api_burst\": 0}").status == 400
        )
        let right = try await put(ops, acting + ["If-Match: \"0\""], "{\"ships\": 5}")
        #expect(right.status == 200)
        #expect(right["etag"] == "\"1\"")
        let seen = try await shore.call("/api/v1/quotas", token: admin)
        #expect(seen.status == 200)
        let limits = seen.json["limits"] as? [String: Any]
        #expect(limits?["ships"] as? Int == 5)
        #expect(limits?["series"] is NSNull)
        let audited = try await shore.look(
            "SELECT count(*)::text AS value FROM hawser.audit_entries WHERE action = 'quota.update' "
                + "AND tenant_id = \(tenant.id.rawValue)"
        )
        #expect(audited == ["1"])
    }

    @Test func `a ship beyond the limit is refused by the limit's name`() async throws {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("quota-ships")
        try await set("{\"ships\": 1}", of: tenant, shore)
        let first = try await shore.makeShip("one", of: tenant)
        let refusal = await #expect(throws: DomainError.self) {
            try await shore.makeShip("two", of: tenant)
        }
        #expect(refusal?.code == .quotaExceeded)
        #expect(refusal?.limit == "ships")
        // A ship that is revoked makes room.
        try await shore.ships.revoke(first.ship, at: .now, for: .command("test"))
        _ = try await shore.makeShip("two", of: tenant)
    }

    @Test func `labels beyond the limit are refused by the limit's name`() async throws {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("quota-labels")
        try await set("{\"labels_per_ship\": 1}", of: tenant, shore)
        let admin = try await shore.makeToken(tenant, role: .admin)
        func make(_ name: String, _ labels: String) async throws -> APIResponse {
            try await shore.call(
                "/api/v1/ships",
                method: "POST",
                token: admin,
                headers: ["Content-Type: application/json"],
                body: "{\"name\": \"\(name)\", \"labels\": \(labels)}"
            )
        }
        #expect(try await make("one", "{\"class\": \"tanker\"}").status == 201)
        let refused = try await make("two", "{\"class\": \"tanker\", \"sea\": \"north\"}")
        #expect(refused.status == 429, "\(refused.body)")
        #expect(refused.json["limit"] as? String == "labels_per_ship")
        let patched = try await shore.call(
            "/api/v1/ships/one",
            method: "PATCH",
            token: admin,
            headers: ["Content-Type: application/merge-patch+json", "If-Match: *"],
            body: "{\"labels\": {\"class\": \"tanker\", \"sea\": \"north\"}}"
        )
        #expect(patched.status == 429, "\(patched.body)")
    }

    @Test func `too many requests are answered 429 with the limit and the time to wait`()
        async throws
    {
        let shore = try Shore.current()
        let loud = try await shore.makeTenant("quota-loud")
        let quiet = try await shore.makeTenant("quota-quiet")
        try await set(
            "{\"api_requests_per_second\": 1, \"api_burst\": 2}",
            of: loud,
            shore
        )
        let token = try await shore.makeToken(loud, role: .admin)
        let refused = try await eventually("a request is refused") {
            let answer = try await shore.call("/api/v1/quotas", token: token)
            return answer.status == 429 ? answer : nil
        }
        #expect(refused.problem == "quota_exceeded")
        #expect(refused.json["limit"] as? String == "api_requests_per_second")
        #expect(Int(refused["retry-after"] ?? "").map { (1...2).contains($0) } == true)
        let other = try await shore.makeToken(quiet, role: .admin)
        #expect(try await shore.call("/api/v1/quotas", token: other).status == 200)
        try await eventually("there is room again") {
            try await shore.call("/api/v1/quotas", token: token).status == 200
        }
    }

    @Test func `series beyond the limit are dropped by name and number, and let in with more room`()
        async throws
    {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("quota-series")
        try await set("{\"series\": 2}", of: tenant, shore)
        let ship = try await shore.makeShip("aurora", of: tenant)
        var session = try await RawSession.open(shore, ship)
        try await session.deliver(.catalogue, 0, Segments.catalogue(try labels(4)))
        let values = (0..<4).map { (number: UInt32($0), value: Double($0)) }
        try await session.deliver(.metrics, 0, Segments.metrics(values))
        session.close()
        let token = try await shore.makeToken(tenant)
        let own = "WHERE tenant_id = \(tenant.id.rawValue)"
        let positions = try await shore.look(
            "SELECT stored_records || ' ' || refused_records || ' ' || quarantined_records AS value "
                + "FROM hawser.lane_positions \(own) AND lane = 4"
        )
        #expect(positions == ["2 2 2"])
        let said = try await shore.look(
            "SELECT message AS value FROM hawser.shore_events \(own) AND kind = 'quota_exceeded'"
        )
        #expect(said.count == 1)
        #expect(said.first?.contains("2 of 4") == true)
        try await set("{\"series\": 4}", of: tenant, shore)
        session = try await RawSession.open(shore, ship)
        #expect(session.next(.metrics) == 1)
        try await session.deliver(.metrics, 1, Segments.metrics(values))
        session.close()
        let after = try await shore.look(
            "SELECT stored_records || ' ' || refused_records AS value "
                + "FROM hawser.lane_positions \(own) AND lane = 4"
        )
        #expect(after == ["6 2"])
        let ledger = try await shore.call("/api/v1/ships/aurora/ledger", token: token)
        #expect(ledger.status == 200)
        let listed = try await shore.call("/api/v1/ships/aurora/series", token: token)
        #expect((listed.json["data"] as? [Any])?.count == 4)
    }

    @Test func `a day's bytes are a limit at which the ship is sent away and keeps what it has`()
        async throws
    {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("quota-bytes")
        try await set("{\"ingest_bytes_per_day\": 10}", of: tenant, shore)
        let ship = try await shore.makeShip("aurora", of: tenant)
        let session = try await RawSession.open(shore, ship)
        try await session.deliver(.events, 0, Segments.event("fits"))
        let second = try Segments.event("is too much")
        session.send(.events, 1, second.bytes, records: UInt64(second.recordCount))
        let goodbye = try await session.client.waitForEnd()
        #expect(goodbye?.code == "quota_exceeded")
        #expect(goodbye?.message.contains("'ingest_bytes_per_day'") == true)
        #expect((1...86_400).contains(goodbye?.retryAfterSeconds ?? 0))
        let next = try await shore.look(
            "SELECT next_sequence::text AS value FROM hawser.lane_positions "
                + "WHERE tenant_id = \(tenant.id.rawValue) AND lane = \(Lane.events.rawValue)"
        )
        #expect(next == ["1"])
    }

    @Test func `samples faster than the limit end the session until they are within it`()
        async throws
    {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("quota-rate")
        try await set("{\"ingest_samples_per_second\": 1}", of: tenant, shore)
        let ship = try await shore.makeShip("aurora", of: tenant)
        let session = try await RawSession.open(shore, ship)
        try await session.deliver(.catalogue, 0, Segments.catalogue(try labels(100)))
        let values = (0..<100).map { (number: UInt32($0), value: Double($0)) }
        try await session.deliver(.metrics, 0, Segments.metrics(values))
        let second = try Segments.metrics(values)
        session.send(.metrics, 1, second.bytes, records: UInt64(second.recordCount))
        let goodbye = try await session.client.waitForEnd()
        #expect(goodbye?.code == "quota_exceeded")
        #expect(goodbye?.message.contains("'ingest_samples_per_second'") == true)
        #expect((30...90).contains(goodbye?.retryAfterSeconds ?? 0))
        // It is told so at its next hello too.
        let again = try await RawSession.open(shore, ship)
        #expect(try await again.client.waitForEnd()?.code == "quota_exceeded")
    }

    @Test func `storage beyond the limit keeps ships away`() async throws {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("quota-storage")
        let ship = try await shore.makeShip("aurora", of: tenant)
        let session = try await RawSession.open(shore, ship)
        try await session.deliver(.catalogue, 0, Segments.catalogue(try labels(2)))
        try await session.deliver(.metrics, 0, Segments.metrics([(0, 1), (1, 2)]))
        session.close()
        let stored = try await Usages(pool: shore.pool).measure(tenant.id, at: .now)
        #expect(stored > 0)
        try await set("{\"storage_bytes\": \(stored)}", of: tenant, shore)
        let goodbye = try await eventually("the ship is sent away") {
            let again = try await RawSession.open(shore, ship)
            defer { again.close() }
            try await Task.sleep(for: .milliseconds(300))
            guard case .goodbye(let goodbye)? = try again.client.frames().last else {
                return Goodbye?.none
            }
            return goodbye
        }
        #expect(goodbye.message.contains("'storage_bytes'"))
    }
}
