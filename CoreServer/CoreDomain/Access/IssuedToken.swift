import CorePostgres

/// A token, without what only its holder has.
package struct IssuedToken: Thing {
    package static let noun = "token"

    package let id: Int64
    package let user: String
    package let name: String
    /// `nil` is all that its owner may do.
    package let scopes: [String]?
    package let createdAt: String
    package let expiresAt: String
    package let revokedAt: String?
    package let lastUsedAt: String?
    package let version: Int64

    package var reference: String { "\(id)" }

    init(_ row: PostgresRow) throws {
        id = try row.int64("token_id")
        user = try row.text("user_name")
        name = try row.text("name")
        scopes = try row.bool("is_scoped") ? try row.textArray("scopes") : nil
        createdAt = "\(try row.timestamp("created_at"))"
        expiresAt = "\(try row.timestamp("expires_at"))"
        revokedAt = try row.optionalTimestamp("revoked_at").map { "\($0)" }
        lastUsedAt = try row.optionalTimestamp("last_used_at").map { "\($0)" }
        version = try row.int64("version")
    }
}
