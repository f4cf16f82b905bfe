import CoreDomain
import FleetIdentity
import FleetModel
import FleetTestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct TenantsTests {
    private func code(_ body: () async throws -> Void) async -> DomainError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? DomainError)?.code
        }
    }

    @Test func `a tenant is found by its name, and made once`() async throws {
        try await withShore { shore in
            let acme = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            let zenith = try await shore.tenants.create(
                name: "zenith",
                at: Shore.now,
                for: .command("test")
            )
            #expect(try await shore.tenants.find(name: "acme").id == acme.id)
            #expect(try await shore.tenants.directory() == [acme.id, zenith.id])
            #expect(try await shore.tenants.name(of: zenith.id) == "zenith")
            let again = await code {
                _ = try await shore.tenants.create(
                    name: "acme",
                    at: Shore.now,
                    for: .command("test")
                )
            }
            #expect(again == .conflict)
            #expect(await code { _ = try await shore.tenants.find(name: "nobody") } == .notFound)
        }
    }

    @Test(arguments: [
        "", "-a", "a-", "A", "a b", "a_b", "é", "a.b", "a\0", String(repeating: "a", count: 64),
    ])
    func `a name that is no slug is refused`(name: String) throws {
        #expect {
            try Slug.check(name, what: "tenant")
        } throws: {
            ($0 as? DomainError)?.code == .invalid
        }
    }

    @Test(arguments: ["a", "7", "a-7", String(repeating: "a", count: 63)])
    func `a slug is taken`(name: String) throws {
        try Slug.check(name, what: "tenant")
    }

    @Test func `a tenant's key can't be opened with another seal`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship()
            try await withTemporaryDirectory { folder in
                let keys = try ServerKeys(directory: folder + "/keys", at: Shore.now)
                let authorities = TenantAuthorities(pool: shore.pool, keys: keys)
                let desk = EnrolmentDesk(pool: shore.pool, authorities: authorities)
                let request = try CertificateRequest(key: PrivateKey(), commonName: "ship").der
                _ = try await shore.desk.renew(ship, request: request, at: Shore.now)
                await #expect {
                    try await desk.renew(ship, request: request, at: Shore.now)
                } throws: {
                    "\($0)".contains("seal.key")
                }
            }
        }
    }

    @Test func `the server's keys are the same at the next start`() throws {
        try withTemporaryDirectory { folder in
            let first = try ServerKeys(directory: folder + "/keys", at: Shore.now)
            let second = try ServerKeys(directory: folder + "/keys", at: Shore.now)
            let same = first.authority.certificate.der == second.authority.certificate.der
            #expect(same)
        }
    }
}
