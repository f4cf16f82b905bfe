import CoreDomain
import FleetModel

/// The caller as JSON.
enum MeFormat {
    static func json(_ caller: Principal, tenant: String, home: String) -> JSONText {
        let credential =
            switch caller.credential {
            case .token: "token"
            case .session: "session"
            case .bearer: "bearer"
            }
        let all = caller.grants.reduce(into: Set<Permission>()) {
            $0.formUnion($1.role.permissions)
        }
        let own = caller.scopes.map(all.intersection) ?? all
        return .object([
            ("user", .string(caller.name)), ("tenant", .string(tenant)), ("home", .string(home)),
            ("credential", .string(credential)), ("grants", .array(caller.grants.map(grant))),
            ("permissions", words(own)), ("scopes", caller.scopes.map(words) ?? .null),
        ])
    }

    private static func words(_ permissions: Set<Permission>) -> JSONText {
        .array(permissions.sorted().map { .string($0.rawValue) })
    }

    private static func grant(_ grant: Grant) -> JSONText {
        var members: [(key: String, value: JSONText)] = [("role", .string(grant.role.rawValue))]
        switch grant.scope {
        case .tenant: members.append(("over", .string("tenant")))
        case .fleet(let selector):
            members.append(("over", .string("fleet")))
            let values = selector.values.sorted { $0.key < $1.key }.map { key, values in
                (key: key, value: JSONText.array(values.sorted().map { .string($0) }))
            }
            members.append(("selector", .object(values)))
        case .ship(let ship):
            members += [("over", .string("ship")), ("ship_id", .integer(ship.rawValue))]
        }
        if let until = grant.until { members.append(("until", .string("\(until)"))) }
        return .object(members)
    }
}
