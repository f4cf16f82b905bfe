import CoreDomain
import CorePostgres
import FleetModel

/// Where a webhook goes and what it is signed with, opened for the moment of its use.
struct WebhookSecret {
    let url: String
    /// None where nothing is signed.
    let secret: [UInt8]?

    static func purpose(_ id: String) -> String { "webhook:\(id)" }

    /// - Returns: nil where the webhook is gone.
    static func open(
        _ id: String,
        of tenant: TenantID,
        _ vault: TenantVault,
        _ connection: PostgresConnection
    ) throws -> WebhookSecret? {
        let row = try connection.execute(
            WebhookQueries.secret,
            .int64(tenant.rawValue),
            .text(id)
        ).first
        guard let row else { return nil }
        let url = try row.text("url")
        guard let sealed = try row.optionalBytes("sealed_secret"),
            let number = try row.optionalInt64("key_number")
        else { return WebhookSecret(url: url, secret: nil) }
        let key = try vault.key(number, of: tenant, connection)
        return WebhookSecret(url: url, secret: try key.open(sealed, for: purpose(id)))
    }
}
