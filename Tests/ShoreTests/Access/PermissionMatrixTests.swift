import CoreDomain
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Every endpoint that the server has, asked by every kind of caller about own and foreign tenants
/// and ships: exactly what the permission table says, and nothing else.
@Suite(.shoreWithProvider, .timeLimit(.minutes(10)))
struct PermissionMatrixTests {
    private let shore: Shore
    private let provider: PaperProvider

    init() throws {
        shore = try Shore.current()
        provider = try PaperProvider.current()
    }

    /// Makes a user with one binding and a token, by SQL: the API's own way is what is tested.
    private func caller(
        _ name: String,
        _ tenant: TenantID,
        _ role: Role,
        over place: String = "NULL, NULL",
        reach: MatrixCaller.Reach = .tenant,
        validity: String = "NULL",
        scopes: Set<Permission>? = nil,
        expired: Bool = false
    ) async throws -> MatrixCaller {
        let id = try await shore.look(
            """
            INSERT INTO hawser.users
                (tenant_id, user_id, kind, name, display_name, created_at, updated_at)
            VALUES (\(tenant.rawValue), nextval('hawser.user_numbers'), 'person', '\(name)',
                '\(name)', now(), now())
            RETURNING user_id::text AS value
            """
        )[0]
        try await shore.plant(
            """
            INSERT INTO hawser.role_bindings (tenant_id, binding_id, user_id, role, fleet_id,
                ship_id, valid_from, valid_until, granted_by, created_at)
            VALUES (\(tenant.rawValue), nextval('hawser.binding_numbers'), \(id),
                '\(role.rawValue)', \(place), now() - interval '1 day', \(validity), 'test', now())
            """
        )
        let words = scopes.map { "ARRAY[\($0.map { "'\($0.rawValue)'" }.joined(separator: ","))]" }
        let token = try await shore.makeToken(Tenant(id: tenant, name: ""), role: role)
        // The token of a service account becomes this user's; its text tells its number.
        let number = token.split(separator: ".")[2]
        try await shore.plant(
            """
            UPDATE hawser.api_tokens
            SET user_id = \(id), scopes = \(words ?? "NULL"),
                expires_at = now() + interval '\(expired ? "-1 hour" : "1 hour")'
            WHERE token_id = \(number)
            """
        )
        return MatrixCaller(
            name: name,
            token: token,
            roles: reach.isNobody ? [] : [role],
            reach: reach,
            scopes: scopes
        )
    }

    private func callers(_ tenant: Tenant, ship: TestShip) async throws -> [MatrixCaller] {
        let own = tenant.id
        let fleet = try await shore.look(
            """
            INSERT INTO hawser.fleets
                (tenant_id, fleet_id, name, selector, created_at, updated_at)
            VALUES (\(own.rawValue), nextval('hawser.fleet_numbers'), 'tankers',
                '{"class": ["tanker"]}', now(), now())
            RETURNING fleet_id::text AS value
            """
        )[0]
        let number = ship.ship.identity.ship.rawValue
        try await shore.plant(
            "UPDATE hawser.ships SET labels = '{\"class\": \"tanker\"}' WHERE ship_id = \(number)"
        )
        var callers = [
            MatrixCaller(name: "no token", token: nil, roles: [], reach: .nobody),
            MatrixCaller(name: "no such token", token: "hwa_nonsense", roles: [], reach: .nobody),
            try await caller("expired", own, .admin, reach: .nobody, expired: true),
            try await caller(
                "scoped",
                own,
                .admin,
                scopes: [.shipsRead, .usersRead, .logsRead, .wantsWrite]
            ),
            try await caller("outdated", own, .admin, validity: "now() - interval '1 hour'")
                .without(),
        ]
        for role in [Role.viewer, .operator, .reviewer, .admin] {
            callers.append(try await caller("\(role)-of-all", own, role))
            callers.append(
                try await caller(
                    "\(role)-of-fleet",
                    own,
                    role,
                    over: "\(fleet), NULL",
                    reach: .ship("aurora")
                )
            )
            callers.append(
                try await caller(
                    "\(role)-of-ship",
                    own,
                    role,
                    over: "NULL, \(number)",
                    reach: .ship("aurora")
                )
            )
        }
        return callers
    }

    private func ask(
        _ endpoint: DocumentedEndpoint,
        _ example: ExampleRequest,
        ship: String,
        by caller: MatrixCaller,
        tenant: String?
    ) async throws -> APIResponse {
        // Names and numbers that nothing has, so that whoever may changes nothing.
        let path = endpoint.path
            .replacingOccurrences(of: "{ship}", with: ship)
            .replacingOccurrences(of: "{binding}", with: "999999999")
            .replacingOccurrences(of: "{token}", with: "999999999")
            .replacingOccurrences(of: "{want}", with: "999999999")
            .replacingOccurrences(of: "{promotion}", with: "999999999")
            .replacingOccurrences(of: "{delivery}", with: "999999999")
            .replacingOccurrences(of: "{version}", with: "999999999")
            .replacing(/\{[a-z]+\}/, with: "nothing-of-this-name")
        var headers = ["Content-Type: application/json", "If-Match: \"999999999\""]
        headers += caller.session
        if let tenant { headers.append("Hawser-Tenant: \(tenant)") }
        return try await shore.call(
            "/api/v1\(path)\(example.query)",
            method: endpoint.method,
            token: caller.token,
            headers: headers,
            body: example.body
        )
    }

    /// What is not as the table says, in words.
    private func fault(
        _ endpoint: DocumentedEndpoint,
        ship: String,
        exists: Bool,
        by caller: MatrixCaller,
        tenant: String?,
        must: Int?
    ) async throws -> String? {
        // A caller who may revokes a ship that is spent for it.
        let example = try #require(ExampleRequest.all[endpoint.operation])
        let answer = try await ask(endpoint, example, ship: ship, by: caller, tenant: tenant)
        let isRight: Bool
        if let must {
            isRight = answer.status == must
        } else {
            let hides = answer.status == 404 && answer.body.contains("no ship named")
            isRight = ![401, 403].contains(answer.status) && answer.status < 500 && !hides
        }
        if isRight { return nil }
        return "\(caller.name): \(endpoint.operation) of \(ship) in \(tenant ?? "its own"): "
            + "\(answer.status), not \(must.map { "\($0)" } ?? "let in"): \(answer.body)"
    }

    @Test func `every endpoint answers every caller as the permission table says`() async throws {
        let blue = try await shore.makeTenant("blue")
        let red = try await shore.makeTenant("red")
        let ship = try await shore.makeShip("aurora", of: blue)
        _ = try await shore.makeShip("borealis", of: blue)
        _ = try await shore.makeShip("rubra", of: red)
        let endpoints = try await DocumentedEndpoint.all(shore)
        #expect(endpoints.count >= 40)
        let tokens = try await callers(blue, ship: ship)
        let sessions = try await sessions(tokens)
        let bearers = try Role.ofTenants.map { try bearer($0) }
        var asked = 0
        for endpoint in endpoints {
            guard ExampleRequest.all[endpoint.operation] != nil else {
                Issue.record("\(endpoint.operation) has no example request: add one")
                continue
            }
            for caller in tokens + sessions + bearers {
                asked += try await ask(endpoint, as: caller)
            }
        }
        #expect(asked > 1500)
    }

    /// Asks about own and foreign ships, and in a foreign tenant's name.
    private func ask(_ endpoint: DocumentedEndpoint, as caller: MatrixCaller) async throws -> Int {
        var asked = 0
        let ships =
            endpoint.access == "ship" ? ["aurora", "borealis", "rubra", "none"] : ["aurora"]
        for name in ships {
            let exists = ["aurora", "borealis"].contains(name)
            let fault = try await fault(
                endpoint,
                ship: name,
                exists: exists,
                by: caller,
                tenant: nil,
                must: caller.refusal(endpoint, ship: name, exists: exists)
            )
            if let fault { Issue.record("\(fault)") }
            asked += 1
        }
        guard endpoint.access != "open" else { return asked }
        // Another tenant can't even be named.
        let foreign = try await fault(
            endpoint,
            ship: "rubra",
            exists: false,
            by: caller,
            tenant: "red",
            must: caller.isNobody ? 401 : 403
        )
        if let foreign { Issue.record("\(foreign)") }
        return asked + 1
    }

    /// The same people with a session instead of the token, which opened it.
    private func sessions(
        _ callers: [MatrixCaller],
        expecting count: Int = 13
    ) async throws -> [MatrixCaller] {
        var sessions: [MatrixCaller] = []
        for caller in callers where caller.name.contains("-of-") || caller.scopes != nil {
            let token = try #require(caller.token)
            let opened = try await shore.call(
                "/sign-in",
                method: "POST",
                headers: ["Content-Type: application/x-www-form-urlencoded"],
                body: "token=\(token)"
            )
            let cookie = try #require(opened["set-cookie"]).prefix { $0 != ";" }
            let answer = try await shore.call("/api/v1/me/session", headers: ["Cookie: \(cookie)"])
            let change = try #require(answer.json["csrf_token"] as? String)
            sessions.append(
                MatrixCaller(
                    name: "\(caller.name) with a session",
                    token: nil,
                    roles: caller.roles,
                    reach: caller.reach,
                    session: ["Cookie: \(cookie)", "Hawser-CSRF: \(change)"],
                    scopes: caller.scopes
                )
            )
        }
        #expect(sessions.count == count)
        return sessions
    }

    private func bearer(_ role: Role) throws -> MatrixCaller {
        MatrixCaller(
            name: "\(role) of the identity provider",
            token: try provider.token(subject: "\(role)", roles: [role.rawValue]),
            roles: [role],
            reach: .tenant
        )
    }

    @Test func `a session changes nothing without its own token, and no endpoint is an exception`()
        async throws
    {
        let tenant = try await shore.makeTenant("forging")
        _ = try await shore.makeShip("aurora", of: tenant)
        let admin = try await caller("admin-of-all", tenant.id, .admin)
        let one = try #require(try await sessions([admin], expecting: 1).first)
        let other = try #require(try await sessions([admin], expecting: 1).first)
        let endpoints = try await DocumentedEndpoint.all(shore)
        for endpoint in endpoints where endpoint.method != "GET" && endpoint.access != "open" {
            for headers in [[one.session[0]], [one.session[0], other.session[1]]] {
                var forger = one
                forger.session = headers
                let fault = try await fault(
                    endpoint,
                    ship: "aurora",
                    exists: true,
                    by: forger,
                    tenant: nil,
                    must: 403
                )
                if let fault { Issue.record("\(fault)") }
            }
        }
    }

    @Test func `a bearer of the identity provider is nobody with an end, a role or a key too few`()
        async throws
    {
        let nobody = [
            "over": try provider.token(subject: "a", roles: ["admin"], lasting: -3600),
            "of a stranger": try PaperProvider(like: provider).token(
                subject: "a",
                roles: ["admin"]
            ),
        ]
        for (name, token) in nobody {
            let answer = try await shore.call("/api/v1/me", token: token)
            #expect(answer.status == 401, "\(name): \(answer.body)")
        }
        let roleless = try provider.token(subject: "b", roles: ["gardener"])
        let answer = try await shore.call("/api/v1/ships", token: roleless)
        #expect([401, 403].contains(answer.status), "\(answer.body)")
    }

    @Test func `an operator of the installation reaches every tenant and no ship`() async throws {
        let green = try await shore.makeTenant("green")
        _ = try await shore.makeShip("verde", of: green)
        let operators = try await caller("ops", .system, .system)
        for endpoint in try await DocumentedEndpoint.all(shore) where endpoint.access != "open" {
            for tenant in [nil, "green"] {
                let must: Int?
                switch endpoint.access {
                case "authenticated": must = nil
                case "ship": must = 404
                default:
                    let permission = try #require(endpoint.permission)
                    must = Role.system.permissions.contains(permission) ? nil : 403
                }
                let fault = try await fault(
                    endpoint,
                    ship: "verde",
                    exists: true,
                    by: operators,
                    tenant: tenant,
                    must: must
                )
                if let fault { Issue.record("\(fault)") }
            }
        }
    }
}

extension Role {
    fileprivate static let ofTenants: [Role] = [.viewer, .operator, .reviewer, .admin]
}

extension MatrixCaller.Reach {
    fileprivate var isNobody: Bool {
        if case .nobody = self { true } else { false }
    }
}

extension MatrixCaller {
    fileprivate var isNobody: Bool {
        if case .nobody = reach { true } else { false }
    }

    /// The same with a role that has run out.
    fileprivate func without() -> MatrixCaller {
        MatrixCaller(name: name, token: token, roles: [], reach: reach, scopes: scopes)
    }
}
