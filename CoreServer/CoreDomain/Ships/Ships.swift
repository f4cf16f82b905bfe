import CorePostgres
import FleetIdentity
import FleetModel

/// Which ships a tenant has.
package struct Ships: Sendable {
    /// A ship and the one-time token that enrols it.
    package struct Created: Sendable {
        package let ship: Ship
        package let record: ShipRecord
        package let enrolmentToken: String
        package let expiresAt: Timestamp
    }

    /// The channel on which the database tells every replica that a ship was revoked; the payload
    /// is the ship's URI.
    package static let revocationChannel = "hawser_revoked"

    let pool: PostgresPool
    private let keys: ServerKeys
    /// What the configuration says where a tenant has no limit of its own.
    let standard: Quota
    let known = KnownShips()

    package init(pool: PostgresPool, keys: ServerKeys, standard: Quota = .unlimited) {
        self.pool = pool
        self.keys = keys
        self.standard = standard
    }

    /// Enters a ship and makes its enrolment token, in one transaction.
    package func create(
        tenant: TenantID,
        name: String,
        _ details: ShipDetails = ShipDetails(),
        tokenLasting validity: Duration,
        at now: Timestamp,
        for change: Change
    ) async throws -> Created {
        try Slug.check(name, what: "ship")
        try details.check()
        let authority = keys.authority.certificate.fingerprint
        let standard = standard
        do {
            return try await pool.transaction(tenant: tenant) { connection in
                let quota = QuotaDesk(tenant: tenant, standard: standard, connection: connection)
                try quota.requireRoomForShip()
                try quota.requireLabels(details.labels.values.count)
                let number =
                    try connection.execute(ShipQueries.nextNumber).first?.int64("ship_id") ?? 0
                let identity = ShipIdentity(tenant: tenant, ship: ShipID(number))
                try LabelPolicies.check(details.labels, of: tenant, connection)
                _ = try connection.execute(
                    ShipQueries.insert,
                    values: [
                        .int64(tenant.rawValue), .int64(number), .text(name), .timestamp(now),
                        .text(details.shipClass), .text(details.owner),
                        .text(try details.labels.json), .text(try details.bearersJSON),
                    ]
                )
                let ship = Ship(
                    identity: identity,
                    name: name,
                    isRevoked: false,
                    labels: details.labels
                )
                let record = try Self.record(of: ship, connection)
                try AuditTrail(tenant: tenant, change: change, now: now, connection: connection)
                    .created(record)
                let token = try Self.makeToken(
                    identity,
                    authority: authority,
                    lasting: validity,
                    at: now,
                    connection
                )
                return Created(
                    ship: ship,
                    record: record,
                    enrolmentToken: token,
                    expiresAt: now + validity
                )
            }
        } catch let error as PostgresError
            where error.isUniqueViolation(constraint: "ships_name_key")
        {
            throw DomainError(.conflict, "a ship named \(name) exists already in this tenant")
        }
    }

    /// A new one-time token for a ship that exists: for a lost token, or a lost disk.
    package func makeEnrolmentToken(
        for ship: Ship,
        lasting validity: Duration,
        at now: Timestamp,
        for change: Change
    ) async throws -> String {
        let authority = keys.authority.certificate.fingerprint
        let tenant = ship.identity.tenant
        return try await pool.transaction(tenant: tenant) { connection in
            try AuditTrail(tenant: tenant, change: change, now: now, connection: connection)
                .note("ship.enrolment_token", "ship/\(ship.name)")
            return try Self.makeToken(
                ship.identity,
                authority: authority,
                lasting: validity,
                at: now,
                connection
            )
        }
    }

    private static func makeToken(
        _ identity: ShipIdentity,
        authority: Fingerprint,
        lasting validity: Duration,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws -> String {
        guard validity > .zero, validity <= .seconds(30 * 86_400) else {
            throw DomainError(
                .invalid,
                "an enrolment token lasts at least a second, at most 30 days"
            )
        }
        let id = try connection.execute(ShipQueries.nextTokenNumber).first?.int64("token_id") ?? 0
        let token = SecretToken(
            drawing: .enrolment,
            tenant: identity.tenant,
            id: id,
            authority: authority
        )
        _ = try connection.execute(
            ShipQueries.insertEnrolmentToken,
            .int64(identity.tenant.rawValue),
            .int64(id),
            .int64(identity.ship.rawValue),
            .bytes(token.hash),
            .timestamp(now),
            .timestamp(now + validity)
        )
        return token.text
    }

    /// Those that whoever asks may see.
    package func list(
        tenant: TenantID,
        visible: ShipVisibility
    ) async throws -> [Ship] {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(ShipQueries.list, .int64(tenant.rawValue))
                .map { try Self.ship($0, tenant: tenant) }
                .filter(visible.shows)
        }
    }

    /// - Throws: `DomainError` `notFound`, for another tenant's ship as for none.
    package func find(tenant: TenantID, name: String) async throws -> Ship {
        let ship = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(
                ShipQueries.byName,
                .int64(tenant.rawValue),
                .text(name)
            ).first.map { try Self.ship($0, tenant: tenant) }
        }
        guard let ship else { throw DomainError.noShip(named: name) }
        return ship
    }

    /// As `find`, by what was found up to two seconds ago: for reading, never to change it.
    package func findRecent(tenant: TenantID, name: String) async throws -> Ship {
        try await known.ship(of: tenant, named: name) { try await find(tenant: tenant, name: name) }
    }

    /// Refuses the ship from now on; every replica hears of it and ends its session.
    package func revoke(_ ship: Ship, at now: Timestamp, for change: Change) async throws {
        let tenant = ship.identity.tenant
        try await pool.transaction(tenant: tenant) { connection in
            try AuditTrail(tenant: tenant, change: change, now: now, connection: connection)
                .note("ship.revoke", "ship/\(ship.name)")
            _ = try connection.execute(
                ShipQueries.revoke,
                .int64(ship.identity.tenant.rawValue),
                .int64(ship.identity.ship.rawValue),
                .timestamp(now)
            )
            _ = try connection.execute(ShipQueries.notifyRevoked, .text(ship.identity.uri))
        }
        known.forget(ship)
    }

    static func ship(_ row: PostgresRow, tenant: TenantID) throws -> Ship {
        Ship(
            identity: ShipIdentity(tenant: tenant, ship: ShipID(try row.int64("ship_id"))),
            name: try row.text("name"),
            isRevoked: try row.optionalTimestamp("revoked_at") != nil,
            labels: try ShipLabels(json: try row.text("labels"))
        )
    }
}
