import CorePostgres
import FleetModel

extension Ships {
    /// Which ships are asked for.
    package struct Filter: Sendable {
        package var shipClass: String?
        package var owner: String?
        package var isRevoked: Bool?
        /// All of them.
        package var labels = ShipLabels.none
        package var selector: FleetSelector?

        package init() {}
    }

    /// Rows that are read at a time: whoever sees few ships reads over the others.
    private static let stretch = 500

    package func page(
        of tenant: TenantID,
        visible: ShipVisibility,
        _ filter: Filter,
        after cursor: String?,
        limit: Int
    ) async throws -> Page<ShipRecord> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            var found: [ShipRecord] = []
            var last = cursor ?? ""
            while found.count <= limit {
                let rows = try connection.execute(
                    RegisterQueries.list,
                    values: [
                        .int64(tenant.rawValue), .text(last),
                        .optional(filter.shipClass, PostgresValue.text),
                        .optional(filter.owner, PostgresValue.text),
                        .optional(filter.isRevoked, PostgresValue.bool),
                        .text(try filter.labels.json), .int64(Int64(Self.stretch)),
                    ]
                ).map { try ShipRecord($0, tenant: tenant) }
                found += rows.filter {
                    visible.shows($0.ship) && filter.selector?.matches($0.ship.labels) ?? true
                }
                guard rows.count == Self.stretch, let name = rows.last?.name else { break }
                last = name
            }
            return Page(found, limit: limit) { $0.name }
        }
    }

    package func record(of ship: Ship) async throws -> ShipRecord {
        try await pool.transaction(tenant: ship.identity.tenant, readOnly: true) { connection in
            try Self.record(of: ship, connection)
        }
    }

    static func record(of ship: Ship, _ connection: PostgresConnection) throws -> ShipRecord {
        let found = try connection.execute(
            RegisterQueries.find,
            .int64(ship.identity.tenant.rawValue),
            .int64(ship.identity.ship.rawValue)
        ).first.map { try ShipRecord($0, tenant: ship.identity.tenant) }
        guard let found else { throw DomainError.noShip(named: ship.name) }
        return found
    }

    /// - Throws: `DomainError` `forbidden` where new labels would put the ship under roles that are
    ///   more than the caller has.
    package func change(
        _ ship: Ship,
        _ match: VersionMatch,
        _ act: Act,
        _ edit: @Sendable @escaping (inout ShipDetails) throws -> Void
    ) async throws -> ShipRecord {
        let standard = standard
        let changed = try await pool.transaction(tenant: act.tenant) { connection in
            try Giving.begin(act, connection)
            let before = try Self.record(of: ship, connection)
            try match.check(before)
            var details = before.details
            try edit(&details)
            try details.check()
            if details.labels != before.details.labels {
                try LabelPolicies.check(details.labels, of: act.tenant, connection)
                try QuotaDesk(tenant: act.tenant, standard: standard, connection: connection)
                    .requireLabels(details.labels.values.count)
                try Self.checkGiven(before.ship, details.labels, act, connection)
            }
            let row = try connection.execute(
                RegisterQueries.update,
                values: [
                    .int64(act.tenant.rawValue), .int64(before.id), .text(details.shipClass),
                    .text(details.owner), .text(try details.labels.json),
                    .text(try details.bearersJSON), .timestamp(act.now),
                ]
            ).first
            guard let row else { throw DomainError.noShip(named: ship.name) }
            let after = try ShipRecord(row, tenant: act.tenant)
            try act.trail(connection).changed(before, to: after)
            return after
        }
        known.forget(ship)
        return changed
    }

    /// Labels decide who sees a ship, so to change them is to give.
    private static func checkGiven(
        _ ship: Ship,
        _ labels: ShipLabels,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        let given = try FleetRoles.all(act, connection).filter {
            $0.selector.matches(labels) && !$0.selector.matches(ship.labels)
        }
        for role in Set(given.map(\.role)) {
            let asked = role.permissions.filter(\.isOfShips)
            guard asked.allSatisfy({ act.caller.may($0, on: .ship(ship)) }) else {
                throw DomainError(
                    .forbidden,
                    "these labels would give others more over the ship than you have"
                )
            }
        }
    }

    /// As `revoke`; a ship that is revoked already stays so.
    package func revoke(_ ship: Ship, _ act: Act) async throws -> ShipRecord {
        if !ship.isRevoked { try await revoke(ship, at: act.now, for: act.change) }
        return try await record(of: ship)
    }
}
