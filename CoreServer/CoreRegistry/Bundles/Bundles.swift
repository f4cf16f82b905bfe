import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime

/// Bundles of a tenant. Their aliases, gates, promotions and manifests are those of models, since a
/// bundle is one.
package struct Bundles: Sendable {
    /// Of a version.
    package static let mostFiles = 10_000
    package static let mostBytes: Int64 = 1024 * 1024 * 1024
    /// Of a file that is checked, since it is read as a whole.
    package static let mostCheckedBytes: Int64 = 1024 * 1024
    package static let tag = RegistryTag(key: "hawser.kind", value: "bundle")

    /// What names of folders begin with that the server makes for a tar's files.
    static let uploads = "upload-"

    private let pool: PostgresPool
    private let versions: ModelVersions
    let artifacts: Artifacts

    package init(pool: PostgresPool, versions: ModelVersions, artifacts: Artifacts) {
        self.pool = pool
        self.versions = versions
        self.artifacts = artifacts
    }

    package func page(
        of tenant: TenantID,
        after cursor: String?,
        limit: Int
    ) async throws -> Page<Bundle> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let found = try connection.execute(
                BundleQueries.list,
                .int64(tenant.rawValue),
                .text(cursor ?? ""),
                .int64(Int64(limit) + 1)
            ).map(Bundle.init)
            return Page(found, limit: limit) { $0.name }
        }
    }

    package func find(_ name: String, of tenant: TenantID) async throws -> Bundle {
        try RegistryText.checkStorable(name, "bundle")
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try Self.find(name, of: tenant, connection)
        }
    }

    private static func find(
        _ name: String,
        _ statement: Statement = BundleQueries.byName,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> Bundle {
        let row = try connection.execute(
            statement,
            .int64(tenant.rawValue),
            .text(name)
        ).first
        guard let row else { throw DomainError(.notFound, "there is no bundle named \(name)") }
        return try Bundle(row)
    }

    package func create(
        _ name: String,
        _ details: BundleDetails,
        _ act: Act
    ) async throws -> Bundle {
        try RegisteredModel.check(name: name)
        try details.check()
        do {
            return try await pool.transaction(tenant: act.tenant) { connection in
                let number = try RegisteredModels.insert(
                    name,
                    description: details.description ?? "",
                    tags: [Self.tag],
                    act,
                    connection
                )
                try connection.execute(
                    BundleQueries.insert,
                    .int64(act.tenant.rawValue),
                    .int64(number),
                    try Self.schema(details, before: nil),
                    .text(details.schemaFiles ?? "*.json"),
                    .timestamp(act.now)
                )
                let bundle = try Self.find(name, of: act.tenant, connection)
                try act.trail(connection).created(bundle)
                return bundle
            }
        } catch let error as PostgresError
            where error.isUniqueViolation(constraint: "registered_models_name_key")
        {
            throw RegistryError.exists("a model or bundle named \(name) exists already")
        }
    }

    private static func schema(
        _ details: BundleDetails,
        before: JSONValue?
    ) throws(RegistryError) -> PostgresValue {
        guard let schema = details.schema ?? before, schema != .null else { return .null }
        return .text(try details.text(of: schema))
    }

    /// Of versions that are made from now on.
    package func change(
        _ name: String,
        _ match: VersionMatch,
        _ details: BundleDetails,
        _ act: Act
    ) async throws -> Bundle {
        try RegistryText.checkStorable(name, "bundle")
        try details.check()
        return try await pool.transaction(tenant: act.tenant) { connection in
            let before = try Self.find(name, BundleQueries.lock, of: act.tenant, connection)
            try match.check(before)
            try connection.execute(
                BundleQueries.update,
                .int64(act.tenant.rawValue),
                .int64(before.number),
                try Self.schema(details, before: before.schema),
                .text(details.schemaFiles ?? before.schemaFiles),
                .timestamp(act.now)
            )
            let after = try Self.find(name, of: act.tenant, connection)
            try act.trail(connection).changed(before, to: after)
            return after
        }
    }

    // MARK: Versions

    /// Makes a version of all files below a directory of the artifact store, if they are as the schema
    /// has them. From then on nobody can change them.
    ///
    /// - Parameter source: `mlflow-artifacts:/bundles/…`
    /// - Throws: `DomainError` `unprocessable` that says what is wrong with which file.
    package func createVersion(
        of name: String,
        from source: String,
        description: String,
        tags: [RegistryTag],
        _ act: Act
    ) async throws -> ModelVersion {
        let bundle = try await find(name, of: act.tenant)
        guard let root = try ArtifactPath.of(uri: source), root.text.hasPrefix("bundles/") else {
            throw RegistryError.invalid(
                "'source' is mlflow-artifacts:/bundles/… and whatever name, where the files are"
            )
        }
        let files = try await files(below: root, of: act.tenant)
        try await check(files, of: bundle, act.tenant)
        return try await versions.create(
            of: name,
            bundle: files,
            number: bundle.number,
            ModelVersions.Details(
                source: "mlflow-artifacts:/\(root.text)",
                description: description,
                tags: tags
            ),
            act
        )
    }

    private func files(below root: ArtifactPath, of tenant: TenantID) async throws -> [BundleFile] {
        let files = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try Self.files(below: root, of: tenant, connection)
        }
        guard !files.isEmpty else {
            throw RegistryError.missing("there are no files at mlflow-artifacts:/\(root.text)")
        }
        guard files.count <= Self.mostFiles, files.map(\.size).reduce(0, +) <= Self.mostBytes
        else {
            throw Self.tooMuch
        }
        return files
    }

    static let tooMuch = RegistryError.invalid(
        "a version of a bundle has at most \(mostFiles) files and \(mostBytes) bytes"
    )

    static func files(
        below root: ArtifactPath,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [BundleFile] {
        try connection.execute(
            BundleQueries.files,
            .int64(tenant.rawValue),
            .text(root.text + "/"),
            .text(root.text + "0"),
            .int64(Int64(mostFiles) + 1)
        ).map { row in
            BundleFile(
                path: try row.text("path"),
                digest: try row.bytes("digest"),
                size: try row.int64("size")
            )
        }
    }

    private func check(
        _ files: [BundleFile],
        of bundle: Bundle,
        _ tenant: TenantID
    ) async throws {
        guard let document = bundle.schema, document != .null else { return }
        let schema = try JSONSchema(document)
        var faults: [String] = []
        for file in files where BundleFile.matches(file.path, bundle.schemaFiles) {
            guard faults.count < 20 else { break }
            guard file.size <= Self.mostCheckedBytes else {
                faults.append("\(file.path): more than \(Self.mostCheckedBytes) bytes")
                continue
            }
            let bytes = try await read(file, of: tenant)
            do {
                let value = try Self.value(of: bytes, at: file.path)
                faults += schema.faults(of: value).map { "\(file.path): \($0)" }
            } catch let error as YAMLReader.Failure {
                faults.append("\(file.path): no YAML that can be checked: \(error)")
            } catch {
                faults.append("\(file.path): no JSON")
            }
        }
        guard faults.isEmpty else {
            throw DomainError(
                .unprocessable,
                "the files are not as the bundle's schema has them: "
                    + faults.prefix(20).joined(separator: "; ")
            )
        }
    }

    /// YAML where the name says so, else JSON.
    private static func value(of bytes: [UInt8], at path: String) throws -> JSONValue {
        let name = path.lowercased()
        guard name.hasSuffix(".yaml") || name.hasSuffix(".yml") else {
            return try JSONReader.read(bytes)
        }
        return try YAMLReader.read(bytes)
    }

    private func read(_ file: BundleFile, of tenant: TenantID) async throws -> [UInt8] {
        let download = try await artifacts.open(digest: file.digest, of: tenant)
        var bytes: [UInt8] = []
        while bytes.count < file.size {
            let part = try await artifacts.read(
                download,
                from: Int64(bytes.count),
                to: file.size,
                of: tenant
            )
            guard !part.isEmpty else { break }
            bytes += part
        }
        return bytes
    }

    /// One file of a version.
    ///
    /// - Throws: `RegistryError` `missing`.
    package func open(
        _ path: String,
        of name: String,
        _ version: Int64,
        in tenant: TenantID
    ) async throws -> ArtifactDownload {
        try RegistryText.checkStorable(name, "bundle")
        try RegistryText.checkStorable(path, "path")
        let digest = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(
                BundleQueries.file,
                .int64(tenant.rawValue),
                .text(name),
                .int64(version),
                .text(path)
            ).first?.bytes("digest")
        }
        guard let digest else {
            throw RegistryError.missing(
                "version \(version) of \(name) has no file \(path.prefix(300))"
            )
        }
        return try await artifacts.open(digest: digest, of: tenant)
    }
}
