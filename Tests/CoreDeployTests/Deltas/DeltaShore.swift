import CoreDomain
import CorePostgres
import CoreRegistry
import CoreTestSupport
import FleetDelta
import FleetDeploy
import FleetModel
import FleetRuntime
import FleetTestSupport
import Logging

@testable import CoreDeploy

/// A tenant with versions of a model, and who makes deltas between them.
struct DeltaShore: Sendable {
    static let model: Int64 = 1

    let pool: PostgresPool
    let folder: String
    let tenants: Tenants
    let tenant: TenantID
    let artifacts: Artifacts
    let registry = MetricsRegistry()

    static func lend(
        quota: Quota = .unlimited,
        _ body: (DeltaShore) async throws -> Void
    ) async throws {
        try await PostgresFixture.withDatabase(migrations: PostgresFixture.schema) { database in
            try await withTemporaryDirectory { folder in
                let pool = PostgresPool(
                    PostgresPoolConfiguration(
                        connectionString: database.serverConnectionString,
                        size: 4
                    ),
                    logger: silent
                )
                do {
                    try await body(try await DeltaShore(pool, folder, quota))
                } catch {
                    await pool.close()
                    throw error
                }
                await pool.close()
            }
        }
    }

    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    static let clock = WallClock.system

    private init(_ pool: PostgresPool, _ folder: String, _ quota: Quota) async throws {
        self.pool = pool
        self.folder = folder
        let keys = try ServerKeys(directory: folder + "/keys", at: Self.clock.now())
        tenants = Tenants(pool: pool, authorities: TenantAuthorities(pool: pool, keys: keys))
        let tenant = try await tenants.create(
            name: "acme",
            at: Self.clock.now(),
            for: .command("test")
        ).id
        self.tenant = tenant
        artifacts = Artifacts(
            pool: pool,
            vault: TenantVault(pool: pool, keys: keys),
            store: try DiskBlobStore(folder: folder + "/artifacts"),
            book: QuotaBook(pool: pool, standard: quota, clock: Self.clock, registry: registry),
            clock: Self.clock,
            metrics: ArtifactMetrics(registry),
            logger: Self.silent
        )
        try await pool.transaction(tenant: tenant) { connection in
            try connection.run(
                script: """
                    INSERT INTO hawser.registered_models
                        (tenant_id, registered_model_id, name, created_at, updated_at)
                    VALUES (\(tenant.rawValue), \(Self.model), 'pump', 0, 0)
                    """
            )
        }
    }

    func factory(_ name: String = "deltas") throws -> DeltaFactory {
        let jobs = Jobs(pool: pool, owner: name)
        return try DeltaFactory(
            pool: pool,
            artifacts: artifacts,
            folder: "\(folder)/\(name)",
            tenants: tenants,
            jobs: jobs,
            runner: JobRunner(
                jobs: jobs,
                clock: Self.clock,
                metrics: JobMetrics(registry),
                logger: Self.silent
            ),
            clock: Self.clock,
            metrics: DeltaMetrics(registry)
        )
    }

    /// Registers a version of these files, and takes it down as a tree.
    func take(_ version: Int64, _ files: [String: [UInt8]]) async throws -> TreeDigest {
        let (tenant, root) = (tenant, "models/pump/\(version)")
        for (path, content) in files {
            try await artifacts.put(
                ArtifactPath("\(root)/\(path)"),
                of: tenant,
                length: nil,
                body: AsyncStream { continuation in
                    continuation.yield(content)
                    continuation.finish()
                }
            )
        }
        return try await pool.transaction(tenant: tenant) { connection in
            try connection.run(
                script: """
                    INSERT INTO hawser.model_versions (
                        tenant_id, registered_model_id, version, source, storage_location, status,
                        created_at, updated_at
                    ) VALUES (\(tenant.rawValue), \(Self.model), \(version), '', '', 3, 0, 0);
                    INSERT INTO hawser.model_version_files (
                        tenant_id, registered_model_id, version, path, source_path, digest, size
                    )
                    SELECT tenant_id, \(Self.model), \(version),
                        substr(path, length('\(root)/') + 1), path, digest, size
                    FROM hawser.artifact_files
                    WHERE tenant_id = \(tenant.rawValue) AND path LIKE '\(root)/%';
                    """
            )
            return try Deltas.take(
                model: Self.model,
                version: version,
                of: tenant,
                at: Self.clock.now(),
                connection
            ).digest
        }
    }

    func prepare(
        _ target: TreeDigest,
        from bases: Set<TreeDigest>,
        isRetry: Bool = false
    ) async throws {
        let tenant = tenant
        try await pool.transaction(tenant: tenant) { connection in
            try Deltas.prepare(
                target,
                from: bases,
                of: tenant,
                isRetry: isRetry,
                at: Self.clock.now(),
                connection
            )
        }
    }

    func progress(_ target: TreeDigest) async throws -> [DeltaProgress] {
        let tenant = tenant
        return try await pool.transaction(tenant: tenant) { connection in
            try Deltas.progress(target, of: tenant, connection)
        }
    }

    var deltas: Deltas { Deltas(pool: pool, artifacts: artifacts) }

    /// Fetches a delta piece by piece as a ship does.
    func fetch(_ offer: DeltaOffer, pieces: Int = 1000) async throws -> [UInt8] {
        let deltas = deltas
        var bytes: [UInt8] = []
        while Int64(bytes.count) < offer.bytes {
            let piece = try await deltas.read(
                offer.digest,
                from: Int64(bytes.count),
                count: pieces,
                of: tenant
            )
            guard !piece.isEmpty else { break }
            bytes += piece
        }
        return bytes
    }

    /// Writes files as a ship has them.
    func lay(_ files: [String: [UInt8]], at root: String) throws -> DeltaBase {
        try PrivateDirectory.create(root)
        for (path, content) in files {
            let place = "\(root)/\(path)"
            if let slash = place.lastIndex(of: "/") {
                try PrivateDirectory.create(String(place[..<slash]))
            }
            try AtomicFile.write(content, to: place, mode: 0o644)
        }
        return DeltaBase(try ArtifactTree.read(root), at: root)
    }

    func number(_ sql: String) async throws -> Int64 {
        try await pool.transaction(tenant: tenant) { connection in
            try connection.executeComposed(
                Statement(
                    "look_\(UInt(bitPattern: sql.hashValue))",
                    "SELECT (\(sql))::bigint AS number"
                ),
                values: []
            ).first?.int64("number") ?? -1
        }
    }

    func run(_ sql: String) async throws {
        try await pool.transaction(tenant: tenant) { try $0.run(script: sql) }
    }

    /// As the registry's upkeep does, so much later.
    func collect(after time: Duration) async throws {
        let now = Self.clock.now() + time
        let collection = ArtifactCollection(artifacts, startedAt: Timestamp(milliseconds: 0))
        try await collection.sweep(tenant, at: now)
        try await collection.collect(tenant, at: now)
    }
}
