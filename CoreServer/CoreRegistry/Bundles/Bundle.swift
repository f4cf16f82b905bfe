import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime
import FoundationEssentials

/// A tree of files that ships are served like a model: a registered model whose versions are checked
/// against a schema.
package struct Bundle: Thing {
    package static let noun = "bundle"

    package let name: String
    package let description: String
    /// JSON Schema; none where everything goes.
    package let schema: JSONValue?
    /// Which files it is for: paths in which `*` is any run of characters.
    package let schemaFiles: String
    package let versions: Int64
    package let createdAt: String
    package let version: Int64
    let number: Int64

    package var reference: String { name }

    enum CodingKeys: String, CodingKey {
        case name, description, schema, schemaFiles, versions, createdAt, version
    }

    init(_ row: PostgresRow) throws {
        name = try row.text("name")
        description = try row.text("description")
        schema = try row.optionalText("schema").map { text in
            try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        }
        schemaFiles = try row.text("schema_files")
        versions = try row.int64("last_version")
        createdAt = "\(Timestamp(milliseconds: try row.int64("created_at")))"
        version = try row.int64("version")
        number = try row.int64("registered_model_id")
    }
}
