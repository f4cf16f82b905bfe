import CorePostgres
import FleetModel

extension Tenants {
    /// Rows that one transaction erases.
    private static let batch: Int32 = 5000
    /// Ships that were connected may store something behind the first pass.
    private static let mostPasses = 10
    /// Without these nobody reads anything or comes in, so they go before the rest.
    private static let first = ["tenant_keys", "tenant_authorities", "sessions", "api_tokens"]

    /// Deletes a tenant with all that is stored of it, its keys first: from then on nothing can be read
    /// that was sealed, whatever else becomes of it. May be called again where it was cut short; else
    /// `finishEnds` does what is left.
    ///
    /// What remains are entries in the installation's own audit.
    ///
    /// - Parameter patience: how long to erase.
    /// - Returns: whether nothing is left.
    /// - Throws: `DomainError` `notFound`, `preconditionFailed`; `invalid` for the installation's own
    ///   tenant.
    package func delete(
        _ tenant: TenantID,
        _ match: VersionMatch,
        within patience: Duration = .seconds(3600),
        at now: Timestamp,
        for change: Change
    ) async throws -> Bool {
        guard tenant != .system else {
            throw DomainError(.invalid, "the installation's own tenant can't be deleted")
        }
        let end = ContinuousClock.now + patience
        let ended = try await begin(tenant, match, at: now, for: change)
        for table in Self.first { _ = try await erase(table, tenant, until: nil) }
        authorities.forget(tenant)
        try await pool.transaction(tenant: .system) { connection in
            try AuditTrail(tenant: .system, change: change, now: now, connection: connection)
                .deleted(ended)
        }
        return try await eraseAll(of: tenant, named: ended.name, until: end, at: now, for: change)
    }

    /// Erases what is left of tenants whose deletion was cut short.
    package func finishEnds(at now: Timestamp) async throws {
        let ending = try await pool.transaction(tenant: nil, readOnly: true) { connection in
            try connection.execute(TenantEndQueries.ending).map {
                TenantID(try $0.int64("tenant_id"))
            }
        }
        for tenant in ending {
            let change = Change.command("core-server")
            for table in Self.first { _ = try await erase(table, tenant, until: nil) }
            authorities.forget(tenant)
            // Somebody else may be through with it by now.
            guard let name = try? await name(of: tenant) else { continue }
            _ = try await eraseAll(of: tenant, named: name, until: nil, at: now, for: change)
        }
    }

    /// From now on it is in no directory, and its ships are turned away.
    private func begin(
        _ tenant: TenantID,
        _ match: VersionMatch,
        at now: Timestamp,
        for change: Change
    ) async throws -> TenantRecord {
        try await pool.transaction(tenant: tenant) { connection in
            _ = try connection.execute(TenantQueries.lock, .int64(tenant.rawValue))
            let record = try Self.record(of: tenant, connection)
            try match.check(record)
            _ = try connection.execute(
                TenantEndQueries.begin,
                .int64(tenant.rawValue),
                .timestamp(now)
            )
            let ships = try connection.execute(
                TenantEndQueries.revokeShips,
                .int64(tenant.rawValue),
                .timestamp(now)
            )
            for ship in ships {
                let identity = ShipIdentity(tenant: tenant, ship: ShipID(try ship.int64("ship_id")))
                _ = try connection.execute(
                    TenantEndQueries.announce,
                    .text(Ships.revocationChannel),
                    .text(identity.uri)
                )
            }
            if record.endingAt == nil {
                // Its own evidence until it goes too: written with the change itself.
                try AuditTrail(tenant: tenant, change: change, now: now, connection: connection)
                    .deleted(record)
            }
            return record
        }
    }

    /// - Returns: whether all is gone; false where the time was up.
    private func eraseAll(
        of tenant: TenantID,
        named name: String,
        until end: ContinuousClock.Instant?,
        at now: Timestamp,
        for change: Change
    ) async throws -> Bool {
        let tables = try await pool.transaction(tenant: nil, readOnly: true) { connection in
            try TenantTables.inOrder(connection)
        }
        var total: Int64 = 0
        for pass in 1... {
            var erased: Int64 = 0
            for table in tables where table != "tenants" {
                guard let count = try await erase(table, tenant, until: end) else { return false }
                erased += count
            }
            total += erased
            if erased == 0 { break }
            guard pass < Self.mostPasses else { return false }
        }
        let rows = total
        do {
            try await pool.transaction(tenant: .system) { connection in
                let last = try connection.execute(
                    TenantEndQueries.erase,
                    .text("tenants"),
                    .int64(tenant.rawValue),
                    .int32(Self.batch)
                ).first?.int64("erased")
                // Two may be at it: the one who took the last row says so.
                guard last == 1 else { return }
                try AuditTrail(tenant: .system, change: change, now: now, connection: connection)
                    .note("tenant.erase", "tenant/\(name)", before: "{\"rows\":\(rows)}")
            }
        } catch let error as PostgresError where error.isForeignKeyViolation() {
            // Something was stored behind the last pass.
            return false
        }
        return true
    }

    /// - Returns: how many rows; `nil` where the time was up.
    private func erase(
        _ table: String,
        _ tenant: TenantID,
        until end: ContinuousClock.Instant?
    ) async throws -> Int64? {
        var total: Int64 = 0
        while true {
            if let end, ContinuousClock.now >= end { return nil }
            let erased = try await pool.transaction(tenant: tenant) { connection in
                try connection.execute(
                    TenantEndQueries.erase,
                    .text(table),
                    .int64(tenant.rawValue),
                    .int32(Self.batch)
                ).first?.int64("erased") ?? 0
            }
            guard erased > 0 else { return total }
            total += erased
            try Task.checkCancellation()
        }
    }
}
