import CoreDomain
import CorePostgres
import FleetModel

/// One version of a registered model.
package struct ModelVersion: Sendable {
    package enum Status: Int64, Sendable, CaseIterable {
        case pending = 1
        case failed = 2
        case ready = 3

        package var word: String {
            switch self {
            case .pending: "PENDING_REGISTRATION"
            case .failed: "FAILED_REGISTRATION"
            case .ready: "READY"
            }
        }
    }

    package let modelNumber: Int64
    package let name: String
    package let version: Int64
    package let description: String
    package let userName: String
    /// As the client wrote it.
    package let source: String
    /// Where the files are.
    package let storageLocation: String
    package let runID: String
    package let runLink: String
    /// Of the logged model that it is; empty if it is none.
    package let modelID: String
    package let stage: ModelStage
    package let status: Status
    package let statusMessage: String
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package let updatedAt: Int64
    package let tags: [RegistryTag]
    package let aliases: [String]

    init(_ row: PostgresRow) throws {
        try self.init(
            row,
            tags: try RegistryTag.all(row),
            aliases: try row.textArray("aliases")
        )
    }

    /// - Parameters:
    ///   - row: with the version's own columns.
    ///   - tags: in the order of their keys.
    init(_ row: PostgresRow, tags: [RegistryTag], aliases: [String]) throws {
        modelNumber = try row.int64("registered_model_id")
        name = try row.text("name")
        version = try row.int64("version")
        description = try row.text("description")
        userName = try row.text("user_name")
        source = try row.text("source")
        storageLocation = try row.text("storage_location")
        runID = try row.text("run_id")
        runLink = try row.text("run_link")
        modelID = try row.text("model_id")
        stage = ModelStage(rawValue: Int64(try row.int32("stage"))) ?? .none
        status = Status(rawValue: Int64(try row.int32("status"))) ?? .pending
        statusMessage = try row.text("status_message")
        createdAt = try row.int64("created_at")
        updatedAt = try row.int64("updated_at")
        self.tags = tags
        self.aliases = aliases
    }

    /// As it is once it is written.
    init(_ new: NewVersion, _ source: ModelSource, model: Int64, number: Int64) {
        modelNumber = model
        name = new.name
        version = number
        description = new.details.description
        userName = new.act.caller.name
        self.source = new.details.source
        storageLocation = source.storageLocation
        runID = source.runID
        runLink = new.details.runLink
        modelID = source.modelID
        (stage, status, statusMessage) = (.none, .ready, "")
        createdAt = new.act.now.milliseconds
        updatedAt = createdAt
        tags = Dictionary(new.details.tags.map { ($0.key, $0.value) }) { $1 }
            .map { RegistryTag(key: $0.key, value: $0.value) }
            .sorted { $0.key < $1.key }
        aliases = []
    }

    /// As the audit names it.
    var target: String { "model/\(name)/\(version)" }

    static func none(_ name: String, _ version: String) -> RegistryError {
        .missing("Model Version (name=\(name), version=\(version)) not found")
    }

    /// - Throws: `RegistryError` `invalid`.
    static func number(_ version: String) throws(RegistryError) -> Int64 {
        guard let number = Int64(version) else {
            throw .invalid(
                "Parameter 'version' must be an integer, got '\(version.prefix(100))'."
            )
        }
        return number
    }
}
