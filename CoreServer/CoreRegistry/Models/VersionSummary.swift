import CoreDomain
import FleetModel

/// A version of a model or a bundle, as lists of them show it.
package struct VersionSummary: Thing {
    package static let noun = "version"

    package let model: String
    package let number: Int64
    package let stage: String
    package let aliases: [String]
    package let description: String
    package let tags: [String: String]
    /// As who made it wrote it, and where the files are.
    package let source: String
    package let storageLocation: String
    package let runID: String?
    package let modelID: String?
    package let createdBy: String
    package let createdAt: String
    package let updatedAt: String

    package var reference: String { "\(number)" }
    package var version: Int64 { ContentVersion.of(self) }

    enum CodingKeys: String, CodingKey {
        case model
        case number = "version"
        case stage, aliases, description, tags, source, storageLocation
        case runID = "runId"
        case modelID = "modelId"
        case createdBy, createdAt, updatedAt
    }

    init(_ version: ModelVersion) {
        model = version.name
        number = version.version
        stage = version.stage.word
        aliases = version.aliases
        description = version.description
        tags = Dictionary(version.tags.map { ($0.key, $0.value) }) { $1 }
        source = version.source
        storageLocation = version.storageLocation
        runID = version.runID.isEmpty ? nil : version.runID
        modelID = version.modelID.isEmpty ? nil : version.modelID
        createdBy = version.userName
        createdAt = "\(Timestamp(milliseconds: version.createdAt))"
        updatedAt = "\(Timestamp(milliseconds: version.updatedAt))"
    }
}
