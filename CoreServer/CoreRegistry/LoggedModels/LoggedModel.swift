import CorePostgres

/// A model as a run made it, before anybody registers it (MLflow 3).
package struct LoggedModel: Sendable {
    package enum Status: Int64, Sendable, CaseIterable {
        case pending = 1
        case ready = 2
        case uploadFailed = 3

        package var word: String {
            switch self {
            case .pending: "LOGGED_MODEL_PENDING"
            case .ready: "LOGGED_MODEL_READY"
            case .uploadFailed: "LOGGED_MODEL_UPLOAD_FAILED"
            }
        }
    }

    /// `m-` and 32 hexadecimal digits.
    package let id: String
    package let experimentID: String
    package let name: String
    package let sourceRunID: String
    package let status: Status
    package let statusMessage: String
    package let modelType: String
    package let artifactLocation: String
    package let isDeleted: Bool
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package let updatedAt: Int64
    package let params: [RegistryTag]
    package let tags: [RegistryTag]
    package var metrics: [RunMetric] = []

    init(_ row: PostgresRow) throws {
        id = try row.text("model_id")
        experimentID = "\(try row.int64("experiment_id"))"
        name = try row.text("name")
        sourceRunID = try row.optionalText("source_run_id") ?? ""
        status = Status(rawValue: Int64(try row.int32("status"))) ?? .pending
        statusMessage = try row.text("status_message")
        modelType = try row.text("model_type")
        artifactLocation = try row.text("artifact_location")
        isDeleted = try row.bool("is_deleted")
        createdAt = try row.int64("created_at")
        updatedAt = try row.int64("updated_at")
        params = try RegistryTag.all(row, "param")
        tags = try RegistryTag.all(row)
    }

    static func none(_ id: String) -> RegistryError {
        .missing("Logged model with ID '\(id)' not found.")
    }

    /// - Throws: `RegistryError` for what can't be a logged model's id.
    static func check(id: String) throws(RegistryError) {
        guard (1...256).contains(id.utf8.count), !id.utf8.contains(0) else {
            throw .invalid("Invalid logged model ID: '\(id.prefix(300))'")
        }
    }

    static func check(name: String) throws(RegistryError) {
        guard !name.isEmpty, !name.contains(where: { "/:.%\"'`".contains($0) }) else {
            throw .invalid(
                "Invalid model name ('\(name)') provided. Model name must be a non-empty string and "
                    + "cannot contain the following characters: ('/', ':', '.', '%', '\"', \"'\", '`')"
            )
        }
        try RegistryText.check(name, "name", atMost: 500)
    }
}
