extension ModelVersions {
    /// What a client says of a new version.
    package struct Details: Sendable {
        package let source: String
        package var runID = ""
        package var modelID = ""
        package var runLink = ""
        package var description = ""
        package var tags: [RegistryTag] = []

        package init(
            source: String,
            runID: String = "",
            modelID: String = "",
            runLink: String = "",
            description: String = "",
            tags: [RegistryTag] = []
        ) {
            self.source = source
            self.runID = runID
            self.modelID = modelID
            self.runLink = runLink
            self.description = description
            self.tags = tags
        }
    }
}
