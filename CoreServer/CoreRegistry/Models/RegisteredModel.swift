import CorePostgres

/// A name under which versions are kept.
package struct RegisteredModel: Sendable {
    package struct Alias: Sendable {
        package let name: String
        package let version: Int64
    }

    package let number: Int64
    package let name: String
    package let description: String
    /// Milliseconds since 1970.
    package let createdAt: Int64
    package let updatedAt: Int64
    package let tags: [RegistryTag]
    package let aliases: [Alias]
    /// The newest of each stage.
    package var latest: [ModelVersion] = []

    init(_ row: PostgresRow) throws {
        number = try row.int64("registered_model_id")
        name = try row.text("name")
        description = try row.text("description")
        createdAt = try row.int64("created_at")
        updatedAt = try row.int64("updated_at")
        tags = try RegistryTag.all(row)
        aliases = zip(try row.textArray("alias_names"), try row.int64Array("alias_versions"))
            .map(Alias.init)
    }

    /// As the audit names it.
    var target: String { "model/\(name)" }

    static func none(_ name: String) -> RegistryError {
        .missing("Registered Model with name=\(name) not found")
    }

    /// - Throws: `RegistryError` `invalid`.
    static func check(name: String) throws(RegistryError) {
        guard name.contains(where: { !$0.isWhitespace }) else {
            throw .invalid("Registered model name cannot be empty.")
        }
        try RegistryText.check(name, "name", atMost: 256)
        guard !name.contains("/"), !name.contains(":"), name != ".", name != ".." else {
            throw .invalid(
                "Invalid model name ('\(name)') provided. Model name must be a non-empty string and "
                    + "cannot contain the following characters: ('/', ':')"
            )
        }
    }
}
