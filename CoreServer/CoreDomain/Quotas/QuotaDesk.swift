import CorePostgres
import FleetModel

/// A tenant's limits within the transaction that is to keep them.
struct QuotaDesk {
    let tenant: TenantID
    /// What the configuration says where the tenant has no limit of its own.
    let standard: Quota
    let connection: PostgresConnection

    private var number: PostgresValue { .int64(tenant.rawValue) }

    func quota() throws -> Quota {
        let row = try connection.execute(QuotaQueries.find, number).first
        return try row.map(Self.quota)?.over(standard) ?? standard
    }

    static func quota(_ row: PostgresRow) throws -> Quota {
        var limits: [Quota.Limit: Int64] = [:]
        for limit in Quota.Limit.allCases { limits[limit] = try row.optionalInt64(limit.rawValue) }
        return Quota(limits)
    }

    /// - Throws: `DomainError` `quotaExceeded`.
    func requireRoomForShip() throws {
        guard let most = try quota()[.ships] else { return }
        try takeTurns(.ships)
        guard try count(QuotaQueries.ships) < most else { throw DomainError.quota(.ships, most) }
    }

    /// - Throws: `DomainError` `quotaExceeded`.
    func requireLabels(_ count: Int) throws {
        guard let most = try quota()[.labelsPerShip], count > most else { return }
        throw DomainError.quota(.labelsPerShip, most)
    }

    /// How many of the series that somebody wants to enter there is room for.
    func room(forSeries wanted: Int) throws -> Int {
        guard wanted > 0, let most = try quota()[.series] else { return wanted }
        try takeTurns(.series)
        return min(wanted, Int(max(0, most - (try count(QuotaQueries.series)))))
    }

    private func takeTurns(_ limit: Quota.Limit) throws {
        _ = try connection.execute(
            QuotaQueries.takeTurns,
            .text("hawser.quota.\(limit.rawValue)"),
            number
        )
    }

    private func count(_ statement: Statement) throws -> Int64 {
        try connection.execute(statement, number).first?.int64("count") ?? 0
    }
}
