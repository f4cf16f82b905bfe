/// Data that a run read.
package struct RunDataset: Sendable {
    package let name: String
    /// Of its content: with the name, what it is known by within the experiment.
    package let digest: String
    package let sourceType: String
    package let source: String
    package let schema: String?
    package let profile: String?
    /// What it was for: `mlflow.data.context` is `training`, and so on.
    package let tags: [RegistryTag]

    package init(
        name: String,
        digest: String,
        sourceType: String,
        source: String,
        schema: String?,
        profile: String?,
        tags: [RegistryTag]
    ) {
        self.name = name
        self.digest = digest
        self.sourceType = sourceType
        self.source = source
        self.schema = schema
        self.profile = profile
        self.tags = tags
    }

    var context: String? { tags.last { $0.key == "mlflow.data.context" }?.value }

    func check() throws(RegistryError) {
        for (text, what, limit) in [
            (name, "dataset.name", 500), (digest, "dataset.digest", 36),
            (sourceType, "dataset.source_type", 36), (source, "dataset.source", 65_535),
            (schema ?? "", "dataset.schema", 1_048_575),
            (profile ?? "", "dataset.profile", 16_777_215),
        ] {
            try RegistryText.check(text, what, atMost: limit)
        }
        guard !name.isEmpty else {
            throw .invalid("Dataset name cannot be empty")
        }
        guard !digest.isEmpty else {
            throw .invalid("Dataset digest cannot be empty")
        }
        for tag in tags {
            try RegistryText.check(tag.key, "tags.key", atMost: 255)
            try RegistryText.check(tag.value, "tags.value", atMost: 500)
        }
    }
}
