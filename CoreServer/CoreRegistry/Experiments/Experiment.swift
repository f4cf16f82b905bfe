import CorePostgres

/// Runs that belong together, as MLflow has them.
package struct Experiment: Sendable {
    /// A decimal number; `0` is the one that every tenant has.
    package let id: String
    package let name: String
    package let artifactLocation: String
    package let isDeleted: Bool
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package let updatedAt: Int64
    package var tags: [RegistryTag] = []

    init(_ row: PostgresRow) throws {
        id = "\(try row.int64("experiment_id"))"
        name = try row.text("name")
        artifactLocation = try row.text("artifact_location")
        isDeleted = try row.bool("is_deleted")
        createdAt = try row.int64("created_at")
        updatedAt = try row.int64("updated_at")
        tags = try RegistryTag.all(row)
    }

    /// - Throws: `RegistryError` with MLflow's sentence.
    static func number(_ id: String) throws(RegistryError) -> Int64 {
        guard let number = Int64(id), number >= 0 else {
            throw .invalid("Invalid experiment ID '\(id)'. Experiment ID must be a valid integer.")
        }
        return number
    }

    func requireActive() throws(RegistryError) {
        guard !isDeleted else {
            throw .invalid(
                "The experiment \(id) must be in the 'active' state. Current state is deleted."
            )
        }
    }

    static func none(_ id: String) -> RegistryError {
        .missing("No Experiment with id=\(id) exists")
    }
}

extension RegistryTag {
    /// Of the columns `tag_keys` and `tag_values`.
    static func all(_ row: PostgresRow, _ prefix: String = "tag") throws -> [RegistryTag] {
        zip(try row.textArray("\(prefix)_keys"), try row.textArray("\(prefix)_values"))
            .map { RegistryTag(key: $0, value: $1) }
    }
}
