import CoreDomain
import CorePostgres
import FleetModel

extension ModelVersions {
    /// Makes a version of a bundle's files, which were checked.
    ///
    /// - Parameter number: the bundle's: whoever deleted it and made another meanwhile is noticed.
    /// - Throws: `DomainError` `conflict` where the files are others by now.
    func create(
        of name: String,
        bundle files: [BundleFile],
        number: Int64,
        _ details: Details,
        _ act: Act
    ) async throws -> ModelVersion {
        try RegistryText.check(details.description, "description", atMost: 5000)
        try RegisteredModels.check(details.tags)
        return try await pool.transaction(tenant: act.tenant) { [releaseKey] connection in
            let new = NewVersion(name: name, details: details, act: act, bundle: files)
            let made = try NewVersion.create([new], of: act.tenant, key: releaseKey, connection)
            guard let version = try made.first?.get() else { throw RegisteredModel.none(name) }
            let taken = try VersionManifest.files(of: version, act.tenant, connection).map {
                BundleFile(path: $0.path, digest: $0.digest, size: $0.size)
            }
            guard version.modelNumber == number, Set(taken) == Set(files) else {
                throw DomainError(
                    .conflict,
                    "the files were changed while they were checked: try again"
                )
            }
            return version
        }
    }
}
