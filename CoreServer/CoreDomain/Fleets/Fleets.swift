import CorePostgres
import FleetModel

/// Which ships belong together.
package struct Fleets: Sendable {
    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    package func page(
        of tenant: TenantID,
        after cursor: String?,
        limit: Int
    ) async throws -> Page<Fleet> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let found = try connection.execute(
                FleetQueries.list,
                .int64(tenant.rawValue),
                .text(cursor ?? ""),
                .int64(Int64(limit) + 1)
            ).map(Fleet.init)
            return Page(found, limit: limit) { $0.name }
        }
    }

    package func find(_ name: String, of tenant: TenantID) async throws -> Fleet {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try Self.find(name, of: tenant, connection)
        }
    }

    /// The ships that a fleet has: a caller who is not told of fleets knows those that their own
    /// grants are over.
    ///
    /// - Throws: `DomainError` `notFound`.
    package func selector(_ name: String, for caller: Principal) async throws -> FleetSelector {
        let fleet = try await find(name, of: caller.tenant)
        let selector = try FleetSelector(fleet.selector)
        let isOwn = caller.grants.contains { $0.scope == .fleet(selector) }
        guard isOwn || caller.may(.fleetsRead, on: .tenant) else { throw Self.none(named: name) }
        return selector
    }

    private static func none(named name: String) -> DomainError {
        DomainError(.notFound, "there is no fleet named \(name)")
    }

    private static func find(
        _ name: String,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> Fleet {
        let found = try connection.execute(
            FleetQueries.byName,
            .int64(tenant.rawValue),
            .text(name)
        ).first.map(Fleet.init)
        guard let found else { throw none(named: name) }
        return found
    }

    package func create(
        _ name: String,
        _ details: FleetDetails,
        _ act: Act
    ) async throws -> Fleet {
        try Slug.check(name, what: "fleet")
        try details.check()
        do {
            return try await pool.transaction(tenant: act.tenant) { connection in
                let row = try connection.execute(
                    FleetQueries.insert,
                    .int64(act.tenant.rawValue),
                    .text(name),
                    .text(details.description),
                    .text(details.selector.json),
                    .timestamp(act.now)
                ).first
                let fleet = try Self.required(row)
                try act.trail(connection).created(fleet)
                return fleet
            }
        } catch let error as PostgresError
            where error.isUniqueViolation(constraint: "fleets_name_key")
        {
            throw DomainError(.conflict, "a fleet named \(name) exists already")
        }
    }

    /// - Throws: `DomainError` `forbidden` where other ships would come under roles that are more than
    ///   the caller has.
    package func change(
        _ name: String,
        _ match: VersionMatch,
        _ act: Act,
        _ edit: @Sendable @escaping (inout FleetDetails) throws -> Void
    ) async throws -> Fleet {
        try await pool.transaction(tenant: act.tenant) { connection in
            try Giving.begin(act, connection)
            let before = try Self.find(name, of: act.tenant, connection)
            try match.check(before)
            let old = try FleetSelector(before.selector)
            var details = FleetDetails(description: before.description, selector: old)
            try edit(&details)
            try details.check()
            if !old.covers(details.selector) {
                let given = try FleetRoles.all(act, connection).filter { $0.fleet == before.id }
                let grants = given.map {
                    Grant(role: $0.role, scope: .fleet(details.selector))
                }
                try Giving.check(grants, act, connection)
            }
            let row = try connection.execute(
                FleetQueries.update,
                .int64(act.tenant.rawValue),
                .int64(before.id),
                .text(details.description),
                .text(details.selector.json),
                .timestamp(act.now)
            ).first
            let after = try Self.required(row)
            try act.trail(connection).changed(before, to: after)
            return after
        }
    }

    /// - Throws: `DomainError` `conflict` while there are bindings to it.
    package func delete(_ name: String, _ match: VersionMatch, _ act: Act) async throws {
        do {
            try await pool.transaction(tenant: act.tenant) { connection in
                try Giving.begin(act, connection)
                let fleet = try Self.find(name, of: act.tenant, connection)
                try match.check(fleet)
                _ = try connection.execute(
                    FleetQueries.delete,
                    .int64(act.tenant.rawValue),
                    .int64(fleet.id)
                )
                try act.trail(connection).deleted(fleet)
            }
        } catch let error as PostgresError where error.isForeignKeyViolation() {
            throw DomainError(.conflict, "there are bindings to \(name): delete those first")
        }
    }

    private static func required(_ row: PostgresRow?) throws -> Fleet {
        guard let row else { throw DomainError(.conflict, "it was not stored; try again") }
        return try Fleet(row)
    }
}
