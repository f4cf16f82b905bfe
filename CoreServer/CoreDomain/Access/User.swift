import CorePostgres

/// Somebody, or some program, that a tenant lets in.
package struct User: Thing {
    package enum Kind: String, Sendable, Encodable, CaseIterable {
        case person
        /// Has tokens and no password.
        case service
    }

    package static let noun = "user"

    package let id: Int64
    package let kind: Kind
    package let name: String
    package let displayName: String
    package let email: String?
    /// Who signs in elsewhere: whose word is taken, and what they call this person.
    package let oidcIssuer: String?
    package let oidcSubject: String?
    package let hasPassword: Bool
    package let disabledAt: String?
    package let createdAt: String
    package let updatedAt: String
    package let version: Int64

    package var reference: String { name }

    init(_ row: PostgresRow) throws {
        id = try row.int64("user_id")
        kind = Kind(rawValue: try row.text("kind")) ?? .service
        name = try row.text("name")
        displayName = try row.text("display_name")
        email = try row.optionalText("email")
        oidcIssuer = try row.optionalText("oidc_issuer")
        oidcSubject = try row.optionalText("oidc_subject")
        hasPassword = try row.bool("has_password")
        disabledAt = try row.optionalTimestamp("disabled_at").map { "\($0)" }
        createdAt = "\(try row.timestamp("created_at"))"
        updatedAt = "\(try row.timestamp("updated_at"))"
        version = try row.int64("version")
    }
}
