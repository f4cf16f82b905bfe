import CoreDomain
import CorePostgres
import FleetIdentity
import FleetModel
import FleetRuntime
import FleetTestSupport
import Glibc
import Testing

@Suite(.timeLimit(.minutes(10)))
struct TenantVaultTests {
    private func tenant(_ shore: Shore, _ name: String = "acme") async throws -> Tenant {
        try await shore.tenants.create(name: name, at: Shore.now, for: .command("test"))
    }

    private func newest(_ shore: Shore, _ tenant: Tenant) async throws -> TenantDataKey {
        let vault = TenantVault(pool: shore.pool, keys: shore.keys)
        return try await shore.pool.transaction(tenant: tenant.id) { connection in
            try vault.newest(of: tenant.id, at: Shore.now, connection)
        }
    }

    @Test func `a secret opens for its own tenant, key and purpose only`() async throws {
        try await withShore { shore in
            let acme = try await tenant(shore)
            let key = try await newest(shore, acme)
            let other = try await newest(shore, tenant(shore, "zenith"))
            let secret = Array("a client's secret".utf8)
            var sealed = try key.seal(secret, for: "oidc")
            #expect(try key.open(sealed, for: "oidc") == secret)
            #expect(try key.seal(secret, for: "oidc") != sealed)
            #expect(throws: DomainError.self) { try key.open(sealed, for: "artifact") }
            #expect(throws: DomainError.self) { try other.open(sealed, for: "oidc") }
            sealed[20] ^= 1
            #expect(throws: DomainError.self) { try key.open(sealed, for: "oidc") }
        }
    }

    @Test func `after a rotation new secrets have the new key, and old ones open still`()
        async throws
    {
        try await withShore { shore in
            let acme = try await tenant(shore)
            let vault = TenantVault(pool: shore.pool, keys: shore.keys)
            let before = try await newest(shore, acme)
            let sealed = try before.seal([1, 2, 3], for: "oidc")
            let made = try await vault.rotate(acme.id, at: Shore.now, for: .command("test"))
            #expect(made.number == before.number + 1)
            #expect(try await newest(shore, acme).number == made.number)
            let opened = try await shore.pool.transaction(tenant: acme.id) { connection in
                try vault.key(before.number, of: acme.id, connection).open(sealed, for: "oidc")
            }
            #expect(opened == [1, 2, 3])
            let keys = try await vault.list(of: acme.id)
            #expect(keys.map(\.number) == [made.number, before.number])
            #expect(keys.map { $0.retiredAt == nil } == [true, false])
            let entries = "SELECT count(*) FROM hawser.audit_entries WHERE action = 'key.rotate'"
            #expect(try await shore.number(entries) == 1)

            // The upkeep brings the tenant's authority under it; ships are enrolled as before.
            let authorities = TenantAuthorities(pool: shore.pool, keys: shore.keys)
            let upkeep = TenantKeyUpkeep(
                tenants: shore.tenants,
                vault: vault,
                authorities: authorities,
                clock: .fixed(Shore.now)
            )
            let certificate = try await authorities.authority(of: acme.id).certificate.der
            try await upkeep.run()
            let under = "SELECT key_number FROM hawser.tenant_authorities"
            #expect(try await shore.number(under) == made.number)
            let anew = TenantAuthorities(pool: shore.pool, keys: shore.keys)
            #expect(try await anew.authority(of: acme.id).certificate.der == certificate)
        }
    }

    @Test func `another seal key in the file takes over at the next start`() async throws {
        try await withTemporaryDirectory { folder in
            try await withShore { shore in
                let first = try ServerKeys(directory: folder + "/keys", at: Shore.now)
                let before = Tenants(
                    pool: shore.pool,
                    authorities: TenantAuthorities(pool: shore.pool, keys: first)
                )
                let acme = try await before.create(
                    name: "acme",
                    at: Shore.now,
                    for: .command("test")
                )
                #expect(rename(folder + "/keys/seal.key", folder + "/keys/seal.key.1") == 0)
                let second = try ServerKeys(directory: folder + "/keys", at: Shore.now)
                let authorities = TenantAuthorities(pool: shore.pool, keys: second)
                let vault = TenantVault(pool: shore.pool, keys: second)
                let upkeep = TenantKeyUpkeep(
                    tenants: before,
                    vault: vault,
                    authorities: authorities,
                    clock: .fixed(Shore.now)
                )
                try await upkeep.run()
                #expect(try await vault.rewrap(acme.id) == 0)
                // Now the old one may go.
                #expect(unlink(folder + "/keys/seal.key.1") == 0)
                let third = try ServerKeys(directory: folder + "/keys", at: Shore.now)
                let last = TenantAuthorities(pool: shore.pool, keys: third)
                _ = try await last.authority(of: acme.id)
                // And the old one alone opens nothing.
                let stale = TenantAuthorities(pool: shore.pool, keys: first)
                await #expect {
                    try await stale.authority(of: acme.id)
                } throws: { "\($0)".contains("seal.key") }
            }
        }
    }

    @Test func `without its keys nothing of a tenant can be read`() async throws {
        try await withShore { shore in
            let acme = try await tenant(shore)
            let zenith = try await tenant(shore, "zenith")
            try await shore.run("DELETE FROM hawser.tenant_keys WHERE tenant_id = \(acme.id)")
            let authorities = TenantAuthorities(pool: shore.pool, keys: shore.keys)
            await #expect {
                try await authorities.authority(of: acme.id)
            } throws: { ($0 as? DomainError)?.code == .gone }
            _ = try await authorities.authority(of: zenith.id)
        }
    }
}
