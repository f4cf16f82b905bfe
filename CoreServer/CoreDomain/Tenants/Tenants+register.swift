import CorePostgres
import FleetModel

extension Tenants {
    /// In the order in which they were made; each is read as itself, for no transaction sees two.
    package func page(after cursor: Int64?, limit: Int) async throws -> Page<TenantRecord> {
        let all = try await directory().filter { $0.rawValue > cursor ?? 0 }.prefix(limit + 1)
        var found: [(id: TenantID, record: TenantRecord)] = []
        for id in all {
            // Deleted between.
            guard let record = try? await record(of: id) else { continue }
            found.append((id, record))
        }
        let page = Page(found, limit: limit) { "\($0.id.rawValue)" }
        return Page(items: page.items.map(\.record), next: page.next)
    }

    package func record(of id: TenantID) async throws -> TenantRecord {
        try await pool.transaction(tenant: id, readOnly: true) { connection in
            try Self.record(of: id, connection)
        }
    }

    static func record(of id: TenantID, _ connection: PostgresConnection) throws -> TenantRecord {
        let found = try connection.execute(TenantQueries.record, .int64(id.rawValue)).first
            .map(TenantRecord.init)
        guard let found else { throw DomainError(.notFound, "the tenant is gone") }
        return found
    }

    /// - Parameter act: of somebody who acts in the tenant.
    package func change(
        _ match: VersionMatch,
        displayName: String?,
        _ act: Act
    ) async throws -> TenantRecord {
        if let displayName { try ThingText.check(displayName, "display_name", in: 1...200) }
        return try await pool.transaction(tenant: act.tenant) { connection in
            _ = try connection.execute(TenantQueries.lock, .int64(act.tenant.rawValue))
            let before = try Self.record(of: act.tenant, connection)
            try match.check(before)
            _ = try connection.execute(
                TenantQueries.update,
                .int64(act.tenant.rawValue),
                .text(displayName ?? before.displayName),
                .timestamp(act.now)
            )
            let after = try Self.record(of: act.tenant, connection)
            try act.trail(connection).changed(before, to: after)
            return after
        }
    }
}
