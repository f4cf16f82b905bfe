import CoreDomain
import CorePostgres
import FleetModel

/// A registered model, or a bundle, as lists of them show it.
package struct ModelSummary: Thing {
    package static let noun = "model"

    package enum Kind: String, Codable, Sendable, CaseIterable {
        case model, bundle
        /// MLflow keeps prompts among its models.
        case prompt
    }

    package let name: String
    package let kind: Kind
    package let description: String
    package let tags: [String: String]
    /// Versions by the aliases that point at them.
    package let aliases: [String: Int64]
    /// The newest version of each stage that ships can be served from.
    package let stages: [String: Int64]
    /// Of all that there ever were; 0 where there was none.
    package let lastVersion: Int64
    package let createdAt: String
    package let updatedAt: String

    package var reference: String { name }
    package var version: Int64 { ContentVersion.of(self) }

    enum CodingKeys: String, CodingKey {
        case name, kind, description, tags, aliases, stages, lastVersion, createdAt, updatedAt
    }

    init(_ row: PostgresRow, latest: [ModelVersion]) throws {
        let model = try RegisteredModel(row)
        name = model.name
        kind = Kind(rawValue: try row.text("kind")) ?? .model
        description = model.description
        tags = Dictionary(model.tags.map { ($0.key, $0.value) }) { $1 }
        aliases = Dictionary(model.aliases.map { ($0.name, $0.version) }) { $1 }
        stages = Dictionary(
            latest.filter(\.stage.isActive).map { ($0.stage.word, $0.version) }
        ) { $1 }
        lastVersion = try row.int64("last_version")
        createdAt = "\(Timestamp(milliseconds: model.createdAt))"
        updatedAt = "\(Timestamp(milliseconds: model.updatedAt))"
    }
}
