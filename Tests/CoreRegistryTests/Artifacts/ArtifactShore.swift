import CoreDomain
import CorePostgres
import CoreRegistry
import CoreTestSupport
import FleetModel
import FleetRuntime
import FleetTestSupport
import Logging

/// Artifacts over a database and a folder of their own.
struct ArtifactShore: Sendable {
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    static let clock = WallClock.system

    let pool: PostgresPool
    let folder: String
    let vault: TenantVault
    let tenants: Tenants
    let artifacts: Artifacts
    let registry = MetricsRegistry()

    init(_ database: TestDatabase, folder: String, quota: Quota) throws {
        self.folder = folder
        pool = PostgresPool(
            PostgresPoolConfiguration(
                connectionString: database.serverConnectionString,
                size: 4,
                acquireTimeout: .seconds(60)
            ),
            logger: Self.silent
        )
        let keys = try ServerKeys(directory: folder + "/keys", at: Self.clock.now())
        vault = TenantVault(pool: pool, keys: keys)
        tenants = Tenants(
            pool: pool,
            authorities: TenantAuthorities(pool: pool, keys: keys)
        )
        artifacts = Artifacts(
            pool: pool,
            vault: vault,
            store: try DiskBlobStore(folder: folder + "/artifacts"),
            book: QuotaBook(pool: pool, standard: quota, clock: Self.clock, registry: registry),
            clock: Self.clock,
            metrics: ArtifactMetrics(registry),
            logger: Self.silent
        )
    }

    func tenant(_ name: String) async throws -> TenantID {
        try await tenants.create(name: name, at: Self.clock.now(), for: .command("test")).id
    }

    @discardableResult
    func put(_ path: String, _ content: [UInt8], of tenant: TenantID) async throws -> Artifact {
        try await artifacts.put(
            ArtifactPath(path),
            of: tenant,
            length: nil,
            body: Pieces(content: content)
        )
    }

    func content(_ path: String, of tenant: TenantID) async throws -> [UInt8] {
        let download = try await artifacts.open(ArtifactPath(path), of: tenant)
        return try await content(download, of: tenant)
    }

    func content(_ download: ArtifactDownload, of tenant: TenantID) async throws -> [UInt8] {
        var content: [UInt8] = []
        let size = download.artifact.size
        repeat {
            content += try await artifacts.read(
                download,
                from: Int64(content.count),
                to: size,
                of: tenant
            )
        } while content.count < size
        return content
    }

    /// As the upkeep does, so much later.
    func collect(_ tenant: TenantID, after time: Duration) async throws {
        let now = Self.clock.now() + time
        let collection = ArtifactCollection(artifacts, startedAt: Timestamp(milliseconds: 0))
        try await collection.sweep(tenant, at: now)
        try await collection.collect(tenant, at: now)
    }

    /// Files of the store, unfinished ones too.
    func files(of tenant: TenantID) -> [String] {
        let home = "\(folder)/artifacts/\(tenant.rawValue)"
        return TemporaryDirectory.names(in: home).flatMap { shard in
            TemporaryDirectory.names(in: "\(home)/\(shard)").map { "\(home)/\(shard)/\($0)" }
        }
    }

    func number(_ sql: String, of tenant: TenantID) async throws -> Int64 {
        try await pool.transaction(tenant: tenant) { connection in
            try connection.executeComposed(
                Statement("look_\(abs(sql.hashValue))", "SELECT (\(sql))::bigint AS number"),
                values: []
            ).first?.int64("number") ?? -1
        }
    }

    func run(_ sql: String, of tenant: TenantID) async throws {
        try await pool.transaction(tenant: tenant) { try $0.run(script: sql) }
    }
}

/// Content in pieces of odd sizes; it may fail at its end.
struct Pieces: AsyncSequence, Sendable {
    struct Broken: Error {}

    let content: [UInt8]
    var isBroken = false

    struct AsyncIterator: AsyncIteratorProtocol {
        var rest: ArraySlice<UInt8>
        let isBroken: Bool

        mutating func next() async throws -> [UInt8]? {
            guard !rest.isEmpty else {
                if isBroken { throw Broken() }
                return nil
            }
            let piece = rest.prefix(14_321)
            rest = rest.dropFirst(14_321)
            return Array(piece)
        }
    }

    func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(rest: content[...], isBroken: isBroken)
    }
}

/// Lends a shore of artifacts, and takes everything of it away.
func withArtifacts<Value>(
    quota: Quota = .unlimited,
    _ body: (ArtifactShore) async throws -> Value
) async throws -> Value {
    try await PostgresFixture.withDatabase(migrations: PostgresFixture.schema) { database in
        try await withTemporaryDirectory { folder in
            let shore = try ArtifactShore(database, folder: folder, quota: quota)
            do {
                let value = try await body(shore)
                await shore.pool.close()
                return value
            } catch {
                await shore.pool.close()
                throw error
            }
        }
    }
}
