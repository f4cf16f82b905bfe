import FleetModel
import FleetRuntime
import FoundationEssentials

/// What of a bundle can be set; nil leaves it as it is.
package struct BundleDetails: Sendable {
    /// Of a schema, as text.
    private static let schemaBytes = 64 * 1024

    package var description: String?
    /// `null` takes it away.
    package var schema: JSONValue?
    package var schemaFiles: String?

    package init(
        description: String? = nil,
        schema: JSONValue? = nil,
        schemaFiles: String? = nil
    ) {
        self.description = description
        self.schema = schema
        self.schemaFiles = schemaFiles
    }

    /// - Throws: `RegistryError` `invalid`.
    func check() throws(RegistryError) {
        try RegistryText.check(description ?? "", "description", atMost: 5000)
        try RegistryText.check(schemaFiles ?? "", "schema_files", atMost: 500)
        if let schema, schema != .null {
            _ = try JSONSchema(schema)
            guard try text(of: schema).utf8.count <= Self.schemaBytes else {
                throw .invalid("a schema has at most \(Self.schemaBytes) bytes")
            }
        }
    }

    func text(of schema: JSONValue) throws(RegistryError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(schema) else {
            throw .invalid("the schema can't be stored")
        }
        return String(decoding: data, as: UTF8.self)
    }
}
