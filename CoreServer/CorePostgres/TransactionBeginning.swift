import FleetModel

/// How a transaction begins.
struct TransactionBeginning: Sendable {
    let isolation: TransactionIsolation
    var isReadOnly = false
    /// Whose rows it may see; `nil` sees no tenant's.
    var tenant: TenantID?
    /// What a pooler in between must be told at each transaction.
    var preamble = ""
    /// PostgreSQL may keep a prepared statement's plan for whatever values come.
    var keepsPlans = false

    /// It may go to the server together with the first statement: nothing hangs on when it began.
    var canWait: Bool { preamble.isEmpty }

    /// COMMIT's answer may be taken before the connection's next use: nothing hangs on when a
    /// transaction that writes nothing ended. What a serializable one read is only true once it has
    /// committed.
    var commitCanWait: Bool { canWait && isReadOnly && isolation != .serializable }

    /// As one text, for one round trip.
    var text: String {
        let start = keepsPlans ? "\(begin)\(preamble); \(Self.keepPlans.sql)" : begin + preamble
        guard let tenant else { return start }
        // A number, so nothing can be smuggled in; local to the transaction.
        return "\(start); SELECT set_config('hawser.tenant_id', '\(tenant.rawValue)', true)"
    }

    private var begin: String {
        "BEGIN ISOLATION LEVEL \(isolation.rawValue) \(isReadOnly ? "READ ONLY" : "READ WRITE")"
    }

    /// The same as statements to prepare, each under a name of its own.
    var statements: [(statement: Statement, values: [PostgresValue])] {
        let words = isolation.rawValue.lowercased().replacing(" ", with: "_")
        let first = Statement("begin_\(words)_\(isReadOnly ? "reading" : "writing")", begin)
        let number = tenant.map { PostgresValue.text(String($0.rawValue)) }
        return switch (number, keepsPlans) {
        case (nil, false): [(first, [])]
        case (nil, true): [(first, []), (Self.keepPlans, [])]
        case (let number?, false): [(first, []), (Self.setTenant, [number])]
        case (let number?, true): [(first, []), (Self.setTenantKeepingPlans, [number])]
        }
    }

    private static let setTenant = Statement(
        "begin_set_tenant",
        "SELECT set_config('hawser.tenant_id', $1, true)"
    )

    private static let keepPlans = Statement(
        "begin_keep_plans",
        "SELECT set_config('plan_cache_mode', 'auto', true)"
    )

    private static let setTenantKeepingPlans = Statement(
        "begin_set_tenant_keep_plans",
        "SELECT set_config('hawser.tenant_id', $1, true), "
            + "set_config('plan_cache_mode', 'auto', true)"
    )
}
