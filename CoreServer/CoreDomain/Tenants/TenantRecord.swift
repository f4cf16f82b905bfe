import CorePostgres

/// A tenant as the installation's operators see it.
package struct TenantRecord: Thing {
    package static let noun = "tenant"

    package let name: String
    package let displayName: String
    package let createdAt: String
    package let updatedAt: String?
    /// Since when it is being deleted.
    package let endingAt: String?
    package let version: Int64

    package var reference: String { name }

    init(_ row: PostgresRow) throws {
        name = try row.text("name")
        displayName = try row.text("display_name")
        createdAt = "\(try row.timestamp("created_at"))"
        updatedAt = try row.optionalTimestamp("updated_at").map { "\($0)" }
        endingAt = try row.optionalTimestamp("ending_at").map { "\($0)" }
        version = try row.int64("version")
    }
}
