import CoreDomain
import FleetModel
import FleetTestSupport
import Testing

/// Two tenants with the same names for everything, asked for through the API.
@Suite(.shore, .timeLimit(.minutes(10)))
struct TenantIsolationTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    private static let labels = [
        LabelSet(name: "node_filesystem_size_bytes", ["mountpoint": "/", "device": "sda"]),
        LabelSet(name: "node_filesystem_avail_bytes", ["mountpoint": "/", "device": "sda"]),
    ]

    /// A ship that has told of one disk with this share used, and of one event.
    private func makeShip(
        _ name: String,
        of tenant: Tenant,
        used: Double,
        event: String
    ) async throws -> TestShip {
        let ship = try await shore.makeShip(name, of: tenant)
        let session = try await RawSession.open(shore, ship)
        defer { session.close() }
        try await session.deliver(.catalogue, 0, Segments.catalogue(Self.labels))
        try await session.deliver(
            .metrics,
            0,
            Segments.metrics([(0, 1000), (1, 1000 * (1 - used))], at: .now - .seconds(60))
        )
        try await session.deliver(.events, 0, Segments.event(event, at: .now - .seconds(60)))
        return ship
    }

    private func disk(_ response: APIResponse) -> Double? {
        let ships = response.json["ships"] as? [[String: Any]]
        let host = ships?.first?["host"] as? [String: Any]
        return (host?["disk"] as? [String: Any])?["latest"] as? Double
    }

    @Test func `each tenant sees its own of two ships with one name`() async throws {
        let first = try await shore.makeTenant("first")
        let second = try await shore.makeTenant("second")
        _ = try await makeShip("aurora", of: first, used: 0.25, event: "first's secret")
        _ = try await makeShip("aurora", of: second, used: 0.75, event: "second's secret")
        for (tenant, used, own, foreign) in [
            (first, 0.25, "first's secret", "second's secret"),
            (second, 0.75, "second's secret", "first's secret"),
        ] {
            let token = try await shore.makeToken(tenant, role: .admin)
            for path in ["/api/v1/fleet/report", "/api/v1/ships/aurora/report"] {
                let report = try await shore.call(path, token: token)
                #expect(report.status == 200)
                #expect(report.json["tenant"] as? String == tenant.name)
                #expect((report.json["ships"] as? [Any])?.count == 1)
                #expect(disk(report) == used)
                for format in ["json", "html", "text", "csv"] {
                    let page = try await shore.call("\(path)?format=\(format)", token: token)
                    #expect(page.status == 200)
                    #expect(!page.body.contains(foreign), "\(path) as \(format)")
                    if format == "json" { #expect(page.body.contains(own)) }
                }
            }
        }
    }

    @Test func `another tenant's ship is as if it did not exist`() async throws {
        let owner = try await shore.makeTenant("owner")
        let stranger = try await shore.makeTenant("stranger")
        _ = try await shore.makeShip("borealis", of: owner)
        let token = try await shore.makeToken(stranger, role: .admin)
        let foreign = try await shore.call("/api/v1/ships/borealis/report", token: token)
        let none = try await shore.call("/api/v1/ships/nowhere/report", token: token)
        #expect(foreign.status == 404)
        #expect(foreign.problem == "not_found")
        // The two must not be told apart, so the words are the same but for the name.
        let words = foreign.body.replacing("borealis", with: "nowhere")
        #expect(words == none.body)
    }

    @Test func `a token with any of its parts changed is refused alike`() async throws {
        let owner = try await shore.makeTenant("forged")
        let other = try await shore.makeTenant("victim")
        let token = try await shore.makeToken(owner)
        let victim = try await shore.makeToken(other)
        let parts = token.split(separator: ".").map(String.init)
        let victimParts = victim.split(separator: ".").map(String.init)
        let path = "/api/v1/fleet/report"
        #expect(try await shore.call(path, token: token).status == 200)
        let forgeries = [
            [parts[0], victimParts[1], parts[2], parts[3]],
            [parts[0], victimParts[1], victimParts[2], parts[3]],
            [parts[0], parts[1], victimParts[2], parts[3]],
            [parts[0], parts[1], parts[2], victimParts[3]],
            [parts[0], "999999", parts[2], parts[3]],
            [parts[0], "-1", parts[2], parts[3]],
            [parts[0], "9223372036854775808", parts[2], parts[3]],
            ["hwe", parts[1], parts[2], parts[3]],
            [parts[0], parts[1], parts[2], String(parts[3].dropLast())],
            [parts[0], parts[1], parts[2]],
        ].map { $0.joined(separator: ".") }
        var answers: Set<String> = []
        for forgery in forgeries {
            let response = try await shore.call(path, token: forgery)
            #expect(response.status == 401, "\(forgery)")
            #expect(response.problem == "unauthenticated")
            answers.insert(response.body)
        }
        #expect(answers.count == 1, "a refusal that differs tells which part was right")
    }

    @Test func `a revoked or expired token opens nothing`() async throws {
        let tenant = try await shore.makeTenant("expiring")
        let path = "/api/v1/fleet/report"
        let expired = try await shore.tokens.create(
            tenant: tenant.id,
            name: "old",
            role: .admin,
            lasting: .seconds(60),
            at: .now - .seconds(61),
            for: .command("test")
        )
        #expect(try await shore.call(path, token: expired).status == 401)
        let token = try await shore.makeToken(tenant)
        #expect(try await shore.call(path, token: token).status == 200)
        try await shore.plant(
            "UPDATE hawser.api_tokens SET revoked_at = now() WHERE tenant_id = \(tenant.id)"
        )
        // A server remembers callers for two seconds.
        try await eventually("the revoked token is refused") {
            try await shore.call(path, token: token).status == 401
        }
    }

    @Test func `a session writes only into the tenant that its certificate names`() async throws {
        let tenants = [try await shore.makeTenant("north"), try await shore.makeTenant("south")]
        let quiet = try await shore.makeShip("twin", of: tenants[0])
        let loud = try await makeShip("twin", of: tenants[1], used: 0.5, event: "loud")
        for table in try await RowSecurity.tables(shore.superuser)
        where ![
            "tenants", "api_tokens", "tenant_authorities",
            // The shore's own upkeep writes these, ship or no ship.
            "audit_seals", "jobs", "usage_days",
        ].contains(table) {
            let rows = try await shore.look(
                "SELECT tenant_id::text AS value FROM hawser.\(table) "
                    + "WHERE tenant_id IN (\(tenants[0].id), \(tenants[1].id))"
            )
            // What entering the twin itself left.
            let own = [
                "ships": 1, "enrolment_tokens": 1, "ship_certificates": 1, "audit_heads": 1,
                "audit_entries": 2, "tenant_keys": 1, "experiments": 1,
            ]
            let foreign = rows.filter { $0 == "\(quiet.identity.tenant)" }
            #expect(foreign.count == own[table] ?? 0, "\(table)")
        }
        #expect(loud.identity.tenant != quiet.identity.tenant)
    }
}
