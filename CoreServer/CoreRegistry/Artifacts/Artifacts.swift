import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime
import Logging

/// A tenant's artifacts: files by their paths, each content stored once.
package struct Artifacts: Sendable {
    let pool: PostgresPool
    let vault: TenantVault
    let store: any BlobStore
    let book: QuotaBook
    let clock: WallClock
    let metrics: ArtifactMetrics
    let slots = TransferSlots()
    private let logger: Logger

    package init(
        pool: PostgresPool,
        vault: TenantVault,
        store: any BlobStore,
        book: QuotaBook,
        clock: WallClock,
        metrics: ArtifactMetrics,
        logger: Logger
    ) {
        self.pool = pool
        self.vault = vault
        self.store = store
        self.book = book
        self.clock = clock
        self.metrics = metrics
        self.logger = logger
    }

    /// Counts a request that came with a signed URL instead of a token.
    ///
    /// - Throws: `DomainError` `quotaExceeded`.
    package func admit(_ tenant: TenantID) async throws {
        try await book.admitRequest(of: tenant)
    }

    // MARK: Down

    /// Opens a file.
    ///
    /// - Throws: `RegistryError` `missing`, `invalid` for a directory, `conflict` where the bytes are
    ///   damaged.
    package func open(_ path: ArtifactPath, of tenant: TenantID) async throws -> ArtifactDownload {
        try await open(of: tenant) { connection in
            let row = try connection.execute(
                ArtifactQueries.find,
                .int64(tenant.rawValue),
                .text(path.text)
            ).first
            if let row { return row }
            guard try Self.isDirectory(path, of: tenant, connection) else {
                throw RegistryError.missing("No such artifact: '\(path)'")
            }
            throw RegistryError.invalid("'\(path)' is a directory: download what lies in it")
        }
    }

    /// Opens content that is stored, under whichever path.
    package func open(digest: [UInt8], of tenant: TenantID) async throws -> ArtifactDownload {
        try await open(of: tenant) { connection in
            let row = try connection.execute(
                ArtifactQueries.findBlob,
                .int64(tenant.rawValue),
                .bytes(digest)
            ).first
            guard let row else { throw RegistryError.missing("No such artifact any more") }
            return row
        }
    }

    private func open(
        of tenant: TenantID,
        _ find: @Sendable @escaping (PostgresConnection) throws -> PostgresRow
    ) async throws -> ArtifactDownload {
        let slot = try slots.take(for: tenant)
        var isAgain = false
        while true {
            let (place, key) = try await pool.transaction(tenant: tenant, readOnly: true) {
                [vault] connection in
                let place = try ArtifactPlace(try find(connection))
                return (place, try vault.key(place.keyNumber, of: tenant, connection))
            }
            do {
                let content = try await BlobContent(
                    store.open(place.location, of: tenant),
                    at: place.location,
                    size: place.artifact.size,
                    key: key
                )
                return ArtifactDownload(artifact: place.artifact, content: content, slot: slot)
            } catch let error as BlobMissing {
                // Between the two it may have been replaced and collected.
                guard isAgain else {
                    isAgain = true
                    continue
                }
                throw await damage(place, of: tenant, error)
            } catch let error as BlobDamage {
                throw await damage(place, of: tenant, error)
            }
        }
    }

    /// A part of what was opened.
    ///
    /// - Throws: `RegistryError` `conflict` where the bytes are damaged: never are there wrong ones.
    package func read(
        _ download: ArtifactDownload,
        from offset: Int64,
        to end: Int64,
        of tenant: TenantID
    ) async throws -> [UInt8] {
        do {
            let bytes = try await download.content.read(from: offset, to: end)
            metrics.bytes.increment(by: Double(bytes.count), "down")
            return bytes
        } catch let error where error is BlobDamage || error is BlobMissing {
            let digest = download.artifact.digest
            let row = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
                try connection.execute(
                    ArtifactQueries.findBlob,
                    .int64(tenant.rawValue),
                    .bytes(digest)
                ).first.map { try ArtifactPlace($0) }
            }
            guard let row else { throw Self.damaged }
            throw await damage(row, of: tenant, error)
        }
    }

    static let damaged = RegistryError(
        .conflict,
        "the stored bytes of this artifact are damaged: upload it again, or restore the artifact store"
    )

    /// Notes it, whoever finds it.
    func damage(
        _ place: ArtifactPlace,
        of tenant: TenantID,
        _ error: any Error
    ) async -> RegistryError {
        let now = clock.now()
        let isNew = try? await pool.transaction(tenant: tenant) { connection in
            try connection.executeCount(
                ArtifactQueries.damaged,
                .int64(tenant.rawValue),
                .bytes(place.artifact.digest),
                .text(place.location.text),
                .timestamp(now)
            ) == 1
        }
        if isNew ?? true {
            metrics.damaged.increment()
            logger.error(
                "an artifact is damaged",
                metadata: [
                    LogKey.tenant: "\(tenant.rawValue)", LogKey.path: "\(place.location)",
                    LogKey.error: "\(error)",
                ]
            )
        }
        return Self.damaged
    }

    // MARK: What there is

    /// In the order of their names; none where there is no such directory.
    package func list(_ path: ArtifactPath, of tenant: TenantID) async throws -> [ArtifactEntry] {
        let entries = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let range = Self.range(path)
            return try connection.execute(
                ArtifactQueries.list,
                .int64(tenant.rawValue),
                .text(range.from),
                .text(range.to),
                .int32(Int32(path.prefix.unicodeScalars.count)),
                .int32(Int32(ArtifactLimits.entries) + 1)
            ).map { row in
                ArtifactEntry(
                    name: try row.text("name"),
                    size: try row.bool("is_directory") ? nil : try row.int64("size")
                )
            }
        }
        guard entries.count <= ArtifactLimits.entries else {
            throw RegistryError.invalid(
                "'\(path)' has more than \(ArtifactLimits.entries) entries: list its subdirectories"
            )
        }
        return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// What a run's URIs begin with.
    ///
    /// - Throws: `RegistryError` `missing`.
    package func root(ofRun run: String, of tenant: TenantID) async throws -> String {
        try RegistryText.checkStorable(run, "run_id")
        guard let root = try await root(ArtifactQueries.runRoot, run, of: tenant) else {
            throw RegistryError.missing("Run with id=\(run) not found")
        }
        return root
    }

    /// - Throws: `RegistryError` `missing`.
    package func root(ofModel model: String, of tenant: TenantID) async throws -> String {
        try RegistryText.checkStorable(model, "model_id")
        guard let root = try await root(ArtifactQueries.modelRoot, model, of: tenant) else {
            throw RegistryError.missing("Logged model with ID '\(model)' not found.")
        }
        return root
    }

    private func root(
        _ statement: Statement,
        _ id: String,
        of tenant: TenantID
    ) async throws -> String? {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(statement, .int64(tenant.rawValue), .text(id))
                .first?.text("root")
        }
    }

    /// Which paths lie in a directory: from the first to before the second.
    static func range(_ path: ArtifactPath) -> (from: String, to: String) {
        path.isRoot ? ("", "\u{10FFFF}") : (path.text + "/", path.text + "0")
    }

    static func isDirectory(
        _ path: ArtifactPath,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> Bool {
        try obstacle([], path, of: tenant, connection).isDirectory
    }

    private static func obstacle(
        _ files: [String],
        _ path: ArtifactPath,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> (file: String?, isDirectory: Bool) {
        let range = range(path)
        let row = try connection.execute(
            ArtifactQueries.obstacle,
            .int64(tenant.rawValue),
            .textArray(files),
            .text(range.from),
            .text(range.to)
        ).first
        return (try row?.optionalText("file"), try row?.bool("is_directory") ?? false)
    }

    /// - Throws: `RegistryError` `invalid` where a file is in the way, or a directory.
    static func requireNoObstacle(
        _ path: ArtifactPath,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        let obstacle = try obstacle(path.ancestors, path, of: tenant, connection)
        if let file = obstacle.file {
            throw RegistryError.invalid("'\(path)' can't be stored: '\(file)' is a file")
        }
        if obstacle.isDirectory {
            throw RegistryError.invalid("'\(path)' can't be stored: it is a directory")
        }
    }

    // MARK: Away

    /// Deletes a file, or a directory with all that lies in it; none is no error.
    ///
    /// - Throws: `RegistryError` `conflict` where it is of a registered version.
    package func delete(_ path: ArtifactPath, of tenant: TenantID) async throws {
        try await pool.transaction(tenant: tenant) { connection in
            let range = Self.range(path)
            try connection.execute(
                ArtifactQueries.deleteTree,
                .int64(tenant.rawValue),
                .text(path.text),
                .text(range.from),
                .text(range.to)
            )
            // After the rows are locked: a version that took them in meanwhile is seen.
            try Self.requireFree(path, of: tenant, connection)
        }
    }

    /// - Throws: `RegistryError` `conflict`.
    static func requireFree(
        _ path: ArtifactPath,
        of tenant: TenantID,
        isFile: Bool = false,
        _ connection: PostgresConnection
    ) throws {
        let range = isFile ? (from: path.text, to: path.text) : range(path)
        let row = try connection.execute(
            ArtifactQueries.manifest,
            .int64(tenant.rawValue),
            .text(path.text),
            .text(range.from),
            .text(range.to)
        ).first
        guard let row else { return }
        throw RegistryError(
            .conflict,
            "'\(try row.text("source_path"))' belongs to version \(try row.int64("version")) of "
                + "registered model '\(try row.text("name"))': it can't be changed or deleted while "
                + "that version exists"
        )
    }
}
