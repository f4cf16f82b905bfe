import CorePostgres

/// Which statements each part of the server has of the registry: its role is granted what these need.
extension RegistryStatements {
    package static func statements(of role: DatabaseRole) -> [Statement] {
        switch role {
        case .api: people
        case .scheduler: upkeep
        // The deltas that ships fetch.
        case .ingress: [ArtifactQueries.findBlob]
        case .reports: []
        case .server: all
        }
    }

    private static var people: [Statement] {
        let background = Set(ArtifactUpkeepQueries.all.map(\.name))
            .union([ArtifactUploadQueries.expired.name]).union(WebhookQueries.all.map(\.name))
        return all.filter { !background.contains($0.name) } + WebhookQueries.people
    }

    private static var upkeep: [Statement] {
        ArtifactUpkeepQueries.all
            + [
                ArtifactUploadQueries.expired, ArtifactUploadQueries.discardParts,
                ArtifactUploadQueries.delete, ArtifactQueries.addUse, ArtifactQueries.damaged,
                // Deltas are made of stored content, and stored.
                ArtifactQueries.findBlob, ArtifactQueries.use, ArtifactQueries.putBlob,
            ] + WebhookQueries.upkeep
    }
}
