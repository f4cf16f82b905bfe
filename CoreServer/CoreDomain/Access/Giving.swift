import CorePostgres
import FleetModel

/// What keeps rights from growing by being handed on, and a tenant from losing its last admin.
enum Giving {
    /// Has changes of rights take turns in the tenant, and moves its revision.
    static func begin(_ act: Act, _ connection: PostgresConnection) throws {
        _ = try connection.execute(AccessQueries.touchRevision, .int64(act.tenant.rawValue))
    }

    /// Nobody gives more than they have. An operator of the installation, who sees nothing of a
    /// tenant, gives its roles only while it has no admin who could come in: for the first one, and
    /// after the last has lost every key.
    ///
    /// - Throws: `DomainError` `forbidden`.
    static func check(
        _ grants: [Grant],
        limitedTo scopes: Set<Permission>? = nil,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        guard !grants.isEmpty else { return }
        if act.caller.home != act.tenant {
            guard try admins(act, connection).able == 0 else {
                throw DomainError(
                    .forbidden,
                    "this tenant has admins: what is theirs to give, they give"
                )
            }
            return
        }
        guard grants.allSatisfy({ act.caller.covers($0, limitedTo: scopes) }) else {
            throw DomainError(.forbidden, "this would give more than you may do yourself")
        }
    }

    /// As above, of all that a user may do, now or later.
    static func check(
        user: Int64,
        limitedTo scopes: Set<Permission>? = nil,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        let grants = try GrantReader.grants(
            of: user,
            in: act.tenant,
            at: act.now,
            orLater: true,
            connection
        )
        try check(grants, limitedTo: scopes, act, connection)
    }

    /// Refuses what would leave the tenant without an admin for good.
    ///
    /// - Throws: `DomainError` `conflict`.
    static func keepingAnAdmin<Value>(
        _ act: Act,
        _ connection: PostgresConnection,
        _ body: () throws -> Value
    ) throws -> Value {
        let before = try admins(act, connection).lasting
        let value = try body()
        if before > 0, try admins(act, connection).lasting == 0 {
            throw DomainError(
                .conflict,
                "nobody would be left to run this tenant: make somebody else its admin first"
            )
        }
        return value
    }

    private static func admins(
        _ act: Act,
        _ connection: PostgresConnection
    ) throws -> (lasting: Int64, able: Int64) {
        let row = try connection.execute(
            AccessQueries.admins,
            .int64(act.tenant.rawValue),
            .timestamp(act.now)
        ).first
        return (try row?.int64("lasting") ?? 0, try row?.int64("able") ?? 0)
    }
}
