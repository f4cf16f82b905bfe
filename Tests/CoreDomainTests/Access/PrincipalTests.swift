import FleetIdentity
import FleetModel
import Testing

@testable import CoreDomain

/// The one place that decides.
struct PrincipalTests {
    private static let later = Shore.now + .seconds(3600)

    private func principal(
        _ grants: [Grant],
        scopes: Set<Permission>? = nil,
        home: TenantID = TenantID(1)
    ) -> Principal {
        Principal(
            tenant: TenantID(1),
            home: home,
            user: 7,
            name: "anna",
            credential: .token(3),
            grants: grants,
            scopes: scopes,
            revision: 0
        )
    }

    private func ship(_ number: Int64, _ labels: [String: String] = [:]) throws -> Ship {
        Ship(
            identity: ShipIdentity(tenant: TenantID(1), ship: ShipID(number)),
            name: "ship-\(number)",
            isRevoked: false,
            labels: try ShipLabels(labels)
        )
    }

    private func fleet(_ values: [String: [String]]) throws -> Grant.Scope {
        .fleet(try FleetSelector(values))
    }

    @Test func `without a grant nothing is allowed`() throws {
        let nobody = principal([])
        for permission in Permission.allCases {
            #expect(!nobody.may(permission, on: .tenant) && !nobody.may(permission, on: .ships))
            #expect(try !nobody.may(permission, on: .ship(ship(1))))
        }
    }

    @Test func `a fleet's grant reaches its ships alone, and nothing of the tenant`() throws {
        let grant = Grant(role: .admin, scope: try fleet(["class": ["tanker"]]))
        let caller = principal([grant])
        let own = try ship(1, ["class": "tanker"])
        let other = try ship(2, ["class": "ferry"])
        for permission in Role.admin.permissions {
            #expect(caller.may(permission, on: .ship(own)) == permission.isOfShips)
            #expect(!caller.may(permission, on: .ship(other)))
            #expect(!caller.may(permission, on: .tenant))
        }
        #expect(caller.visibility(.shipsRead).shows(own))
        #expect(!caller.visibility(.shipsRead).shows(other))
    }

    @Test func `a hidden ship is not found, a seen one is forbidden`() throws {
        let caller = principal([Grant(role: .viewer, scope: .ship(ShipID(1)))])
        let own = try ship(1)
        let other = try ship(2)
        #expect(throws: DomainError.noShip(named: "ship-2")) {
            try caller.require(.shipsWrite, on: .ship(other))
        }
        let refusal = #expect(throws: DomainError.self) {
            try caller.require(.shipsWrite, on: .ship(own))
        }
        #expect(refusal?.code == .forbidden)
    }

    @Test func `a token's scopes are the most that it is good for`() throws {
        let caller = principal([Grant(role: .admin, scope: .tenant)], scopes: [.usersRead])
        #expect(caller.may(.usersRead, on: .tenant) && !caller.may(.usersWrite, on: .tenant))
        #expect(!caller.covers(Grant(role: .viewer, scope: .tenant)))
        #expect(caller.covers(Grant(role: .admin, scope: .tenant), limitedTo: [.usersRead]))
    }

    @Test func `nobody covers a stronger role, a wider place or a longer time`() throws {
        let tankers = try fleet(["class": ["tanker"]])
        let cases: [(own: Grant, wanted: Grant, isCovered: Bool)] = [
            (Grant(role: .admin, scope: .tenant), Grant(role: .operator, scope: tankers), true),
            (Grant(role: .operator, scope: .tenant), Grant(role: .admin, scope: .tenant), false),
            // Over ships, an admin may no more than an operator.
            (Grant(role: .operator, scope: .tenant), Grant(role: .admin, scope: tankers), true),
            (Grant(role: .viewer, scope: .tenant), Grant(role: .operator, scope: tankers), false),
            (Grant(role: .admin, scope: tankers), Grant(role: .viewer, scope: .tenant), false),
            (
                Grant(role: .viewer, scope: tankers),
                Grant(
                    role: .viewer,
                    scope: try fleet(["class": ["tanker"], "region": ["north"]])
                ), true
            ),
            (
                Grant(role: .viewer, scope: tankers),
                Grant(role: .viewer, scope: try fleet(["class": ["tanker", "ferry"]])), false
            ),
            (
                Grant(role: .viewer, scope: .ship(ShipID(1))),
                Grant(role: .viewer, scope: .ship(ShipID(2))), false
            ),
            (
                Grant(role: .admin, scope: .tenant, until: Self.later),
                Grant(role: .viewer, scope: .tenant), false
            ),
            (
                Grant(role: .admin, scope: .tenant, until: Self.later),
                Grant(role: .viewer, scope: .tenant, until: Self.later), true
            ),
            (Grant(role: .system, scope: .tenant), Grant(role: .viewer, scope: .tenant), false),
        ]
        for (own, wanted, isCovered) in cases {
            #expect(principal([own]).covers(wanted) == isCovered, "\(own) and \(wanted)")
        }
    }

    @Test func `only an operator of the installation keeps a role in another tenant`() {
        let foreign = principal([Grant(role: .admin, scope: .tenant)])
            .acting(in: TenantID(2))
        #expect(foreign.grants.isEmpty)
        let system = principal([Grant(role: .system, scope: .tenant)], home: .system)
            .acting(in: TenantID(2))
        #expect(system.may(.usersWrite, on: .tenant) && !system.may(.telemetryRead, on: .ships))
        #expect(system.actor.hasPrefix("system:"))
    }

    @Test func `no tenant's role has a permission of the installation`() {
        for role in Role.allCases where role != .system {
            #expect(role.permissions.allSatisfy { !$0.isOfInstallation })
        }
        #expect(Role.viewer.permissions.isSubset(of: Role.operator.permissions))
        #expect(Role.operator.permissions.isSubset(of: Role.admin.permissions))
        #expect(Role.reviewer.permissions.isSubset(of: Role.admin.permissions))
        let ofReviewers = Role.reviewer.permissions.subtracting(Role.viewer.permissions)
        #expect(ofReviewers == [.modelsApprove, .deploymentsApprove])
        #expect(!Role.operator.permissions.contains(.modelsApprove))
    }
}
