import CorePostgres
import FleetModel

/// Who may do what.
package struct Bindings: Sendable {
    /// Over what; neither is the whole tenant.
    package struct Place: Sendable, Hashable {
        package let fleet: String?
        package let ship: String?

        /// - Throws: `DomainError` `invalid`.
        package init(fleet: String?, ship: String?) throws(DomainError) {
            guard fleet == nil || ship == nil else {
                throw DomainError(.invalid, "a binding is over a fleet or a ship, not both")
            }
            self.fleet = fleet
            self.ship = ship
        }
    }

    package struct Filter: Sendable, Hashable {
        package var user: String?
        package var role: Role?
        package var fleet: String?
        package var ship: String?

        package init(
            user: String? = nil,
            role: Role? = nil,
            fleet: String? = nil,
            ship: String? = nil
        ) {
            self.user = user
            self.role = role
            self.fleet = fleet
            self.ship = ship
        }
    }

    private struct Stored {
        let binding: RoleBinding
        let scope: Grant.Scope
        let from: Timestamp
        let details: BindingDetails
    }

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    package func page(
        of tenant: TenantID,
        _ filter: Filter,
        after cursor: Int64?,
        limit: Int
    ) async throws -> Page<RoleBinding> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let found = try connection.execute(
                BindingQueries.list,
                values: [
                    .int64(tenant.rawValue), .int64(cursor ?? 0),
                    .optional(filter.user, PostgresValue.text),
                    .optional(filter.role?.rawValue, PostgresValue.text),
                    .optional(filter.fleet, PostgresValue.text),
                    .optional(filter.ship, PostgresValue.text), .int64(Int64(limit) + 1),
                ]
            ).map(RoleBinding.init)
            return Page(found, limit: limit) { "\($0.id)" }
        }
    }

    package func find(_ id: Int64, of tenant: TenantID) async throws -> RoleBinding {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try Self.find(id, of: tenant, connection).binding
        }
    }

    private static func find(
        _ id: Int64,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> Stored {
        let row = try connection.execute(
            BindingQueries.find,
            .int64(tenant.rawValue),
            .int64(id)
        ).first
        guard let row, let role = Role(rawValue: try row.text("role")) else {
            throw DomainError(.notFound, "there is no binding \(id)")
        }
        let scope: Grant.Scope
        if let ship = try row.optionalInt64("ship_id") {
            scope = .ship(ShipID(ship))
        } else if let selector = try row.optionalText("selector") {
            scope = .fleet(try FleetSelector(json: selector))
        } else {
            scope = .tenant
        }
        return Stored(
            binding: try RoleBinding(row),
            scope: scope,
            from: try row.timestamp("valid_from"),
            details: BindingDetails(
                role: role,
                validUntil: try row.optionalTimestamp("valid_until"),
                reason: try row.text("reason")
            )
        )
    }

    /// - Throws: `DomainError` `forbidden` where it would give more than the giver has.
    package func create(
        user name: String,
        over place: Place,
        from: Timestamp?,
        _ details: BindingDetails,
        _ act: Act
    ) async throws -> RoleBinding {
        let from = from ?? act.now
        try details.check(in: act.tenant, from: from)
        return try await pool.transaction(tenant: act.tenant) { connection in
            try Giving.begin(act, connection)
            let user = try Self.invalidIfMissing {
                try Users.find(name, of: act.tenant, connection)
            }
            let found = try Self.resolve(place, act, connection)
            let grant = Grant(role: details.role, scope: found.scope, until: details.validUntil)
            try Giving.check([grant], act, connection)
            let id = try connection.execute(
                BindingQueries.insert,
                values: [
                    .int64(act.tenant.rawValue), .int64(user.id), .text(details.role.rawValue),
                    .optional(found.fleet, PostgresValue.int64),
                    .optional(found.ship, PostgresValue.int64), .timestamp(from),
                    .optional(details.validUntil, PostgresValue.timestamp),
                    .text(act.change.actor), .text(details.reason), .timestamp(act.now),
                ]
            ).first?.int64("binding_id")
            let stored = try Self.find(id ?? 0, of: act.tenant, connection)
            try act.trail(connection).created(stored.binding)
            return stored.binding
        }
    }

    private static func resolve(
        _ place: Place,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws -> (fleet: Int64?, ship: Int64?, scope: Grant.Scope) {
        guard place.fleet != nil || place.ship != nil else { return (nil, nil, .tenant) }
        let row = try connection.execute(
            BindingQueries.place,
            .int64(act.tenant.rawValue),
            .optional(place.fleet, PostgresValue.text),
            .optional(place.ship, PostgresValue.text)
        ).first
        if let name = place.fleet {
            guard let fleet = try row?.optionalInt64("fleet_id"),
                let selector = try row?.optionalText("selector")
            else { throw DomainError(.invalid, "there is no fleet named \(name)") }
            return (fleet, nil, .fleet(try FleetSelector(json: selector)))
        }
        guard let ship = try row?.optionalInt64("ship_id") else {
            throw DomainError(.invalid, "there is no ship named \(place.ship ?? "")")
        }
        return (nil, ship, .ship(ShipID(ship)))
    }

    package func change(
        _ id: Int64,
        _ match: VersionMatch,
        _ act: Act,
        _ edit: @Sendable @escaping (inout BindingDetails) throws -> Void
    ) async throws -> RoleBinding {
        try await pool.transaction(tenant: act.tenant) { connection in
            try Giving.begin(act, connection)
            let before = try Self.find(id, of: act.tenant, connection)
            try match.check(before.binding)
            var details = before.details
            try edit(&details)
            try details.check(in: act.tenant, from: before.from)
            let grant = Grant(role: details.role, scope: before.scope, until: details.validUntil)
            try Giving.check([grant], act, connection)
            try Giving.keepingAnAdmin(act, connection) {
                _ = try connection.execute(
                    BindingQueries.update,
                    .int64(act.tenant.rawValue),
                    .int64(id),
                    .text(details.role.rawValue),
                    .optional(details.validUntil, PostgresValue.timestamp),
                    .text(details.reason)
                )
            }
            let after = try Self.find(id, of: act.tenant, connection).binding
            try act.trail(connection).changed(before.binding, to: after)
            return after
        }
    }

    package func delete(_ id: Int64, _ match: VersionMatch, _ act: Act) async throws {
        try await pool.transaction(tenant: act.tenant) { connection in
            try Giving.begin(act, connection)
            let binding = try Self.find(id, of: act.tenant, connection).binding
            try match.check(binding)
            try Giving.keepingAnAdmin(act, connection) {
                _ = try connection.execute(
                    BindingQueries.delete,
                    .int64(act.tenant.rawValue),
                    .int64(id)
                )
            }
            try act.trail(connection).deleted(binding)
        }
    }

    private static func invalidIfMissing<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DomainError where error.code == .notFound {
            throw DomainError(.invalid, error.message)
        }
    }
}
