import FleetModel

/// How a transaction begins.
struct TransactionBeginning: Sendable {
    let isolation: TransactionIsolation
    var isReadOnly = false
    /// Whose rows it may see; `nil` sees no tenant's.
    var tenant: TenantID?
    /// What a pooler in between must be told at each transaction.
    var preamble = ""

    /// It may go to the server together with the first statement, and its COMMIT's answer be taken
    /// before the connection's next use: nothing hangs on when a transaction that writes nothing began
    /// or ended. What a serializable one read is only true once it has committed.
    var canWait: Bool { isReadOnly && isolation != .serializable && preamble.isEmpty }

    /// As one text, for one round trip.
    var text: String {
        guard let tenant else { return begin + preamble }
        // A number, so nothing can be smuggled in; local to the transaction.
        return begin + preamble
            + "; SELECT set_config('hawser.tenant_id', '\(tenant.rawValue)', true)"
    }

    private var begin: String {
        "BEGIN ISOLATION LEVEL \(isolation.rawValue) \(isReadOnly ? "READ ONLY" : "READ WRITE")"
    }

    /// The same as statements to prepare, each under a name of its own.
    var statements: [(statement: Statement, values: [PostgresValue])] {
        let words = isolation.rawValue.lowercased().replacing(" ", with: "_")
        let first = Statement("begin_\(words)_\(isReadOnly ? "reading" : "writing")", begin)
        guard let tenant else { return [(first, [])] }
        return [(first, []), (Self.setTenant, [.text(String(tenant.rawValue))])]
    }

    private static let setTenant = Statement(
        "begin_set_tenant",
        "SELECT set_config('hawser.tenant_id', $1, true)"
    )
}
