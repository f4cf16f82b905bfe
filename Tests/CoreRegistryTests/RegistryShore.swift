import CoreAudit
import CoreDomain
import CorePostgres
import CoreTestSupport
import FleetModel
import FleetRuntime
import FleetTestSupport
import Logging

/// A tenant of a database of its own, and one who may do everything there.
struct RegistryShore: Sendable {
    static let now = Timestamp(seconds: 1_793_577_600)

    let pool: PostgresPool
    let keys: ServerKeys
    /// Gone with the shore.
    let folder: String
    let tenants: Tenants
    let act: Act

    static func lend(_ body: (RegistryShore) async throws -> Void) async throws {
        try await PostgresFixture.withDatabase(migrations: PostgresFixture.schema) { database in
            try await withTemporaryDirectory { folder in
                let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                let pool = PostgresPool(
                    PostgresPoolConfiguration(
                        connectionString: database.serverConnectionString,
                        size: 4
                    ),
                    logger: silent
                )
                do {
                    try await body(try await make(pool, folder))
                } catch {
                    await pool.close()
                    throw error
                }
                await pool.close()
            }
        }
    }

    private static func make(_ pool: PostgresPool, _ folder: String) async throws -> RegistryShore {
        let keys = try ServerKeys(directory: folder + "/keys", at: now)
        let tenants = Tenants(
            pool: pool,
            authorities: TenantAuthorities(pool: pool, keys: keys)
        )
        let tenant = try await tenants.create(name: "acme", at: now, for: .command("test"))
        let tokens = AccessTokens(pool: pool)
        let token = try await tokens.create(
            tenant: tenant.id,
            name: "bridge.admin",
            role: .admin,
            lasting: .seconds(3600),
            at: now,
            for: .command("test")
        )
        let caller = try await tokens.principal(for: token, at: now)
        return RegistryShore(
            pool: pool,
            keys: keys,
            folder: folder,
            tenants: tenants,
            act: Act(by: caller, for: .command("test"), at: now)
        )
    }

    /// The same, so much later.
    func act(after time: Duration) -> Act {
        Act(by: act.caller, for: .command("test"), at: Self.now + time)
    }
}
