import CoreDomain
import FleetIdentity
import FleetModel
import Testing

@Suite(.timeLimit(.minutes(10)))
struct EnrolmentDeskTests {
    private func code(_ body: () async throws -> Void) async -> DomainError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? DomainError)?.code
        }
    }

    private func refusal(_ body: () async throws -> Void) async -> IdentityError.Code? {
        do {
            try await body()
            return nil
        } catch {
            return (error as? IdentityError)?.code
        }
    }

    private func request() throws -> [UInt8] {
        try CertificateRequest(key: PrivateKey(), commonName: "ship").der
    }

    @Test func `a token enrols its ship once`() async throws {
        try await withShore { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            let made = try await shore.ships.create(
                tenant: tenant.id,
                name: "aurora",
                tokenLasting: .seconds(60),
                at: Shore.now,
                for: .command("test")
            )
            let enrol = { (moment: Timestamp) in
                try await shore.desk.enrol(
                    token: made.enrolmentToken,
                    request: request(),
                    at: moment
                )
            }
            let expired = await code { _ = try await enrol(Shore.now + .seconds(60)) }
            #expect(expired == .gone)
            let bad = await code {
                _ = try await shore.desk.enrol(
                    token: made.enrolmentToken,
                    request: [1, 2],
                    at: Shore.now
                )
            }
            #expect(bad == .invalid)
            let enrolment = try await enrol(Shore.now)
            #expect(enrolment.identity == made.ship.identity)
            #expect(enrolment.shipName == "aurora")
            #expect(await code { _ = try await enrol(Shore.now) } == .gone)
        }
    }

    @Test func `of two who use one token at once, one is enrolled`() async throws {
        try await withShore { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            let made = try await shore.ships.create(
                tenant: tenant.id,
                name: "aurora",
                tokenLasting: .seconds(60),
                at: Shore.now,
                for: .command("test")
            )
            let requests = [try request(), try request(), try request()]
            let successes = await withTaskGroup(of: Bool.self) { group in
                for request in requests {
                    group.addTask {
                        let enrolment = try? await shore.desk.enrol(
                            token: made.enrolmentToken,
                            request: request,
                            at: Shore.now
                        )
                        return enrolment != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(successes == 1)
            #expect(try await shore.number("SELECT count(*) FROM hawser.ship_certificates") == 1)
        }
    }

    @Test func `a ship is known by its name within its tenant, once`() async throws {
        try await withShore { shore in
            let ship = try await shore.ship(tenant: "acme", "aurora")
            let other = try await shore.ship(tenant: "zenith", "aurora")
            #expect(ship.identity != other.identity)
            let again = await code {
                _ = try await shore.ships.create(
                    tenant: ship.identity.tenant,
                    name: "aurora",
                    tokenLasting: .seconds(1),
                    at: Shore.now,
                    for: .command("test")
                )
            }
            #expect(again == .conflict)
            #expect(
                try await shore.ships.list(tenant: ship.identity.tenant, visible: .all).map(\.name)
                    == ["aurora"]
            )
        }
    }

    @Test func `a certificate that was never issued here is refused, whoever signed it`()
        async throws
    {
        try await withShore { shore in
            let ship = try await shore.ship()
            let authority = try CertificateAuthority(
                commonName: "Hawser tenant acme",
                at: Shore.now
            )
            let forged = try authority.issue(
                ship: ship.identity,
                commonName: "aurora",
                request: CertificateRequest(der: request()),
                at: Shore.now
            )
            let found = await refusal {
                _ = try await shore.desk.admit(certificateDER: forged.der, at: Shore.now)
            }
            #expect(found == .wrongIssuer)
        }
    }

    @Test func `a certificate is refused after its end, and without its row`() async throws {
        try await withShore { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            let made = try await shore.ships.create(
                tenant: tenant.id,
                name: "aurora",
                tokenLasting: .seconds(60),
                at: Shore.now,
                for: .command("test")
            )
            let der = try await shore.desk.enrol(
                token: made.enrolmentToken,
                request: request(),
                at: Shore.now
            ).certificate.der
            let end = Shore.now + CertificateAuthority.shipValidity
            let late = await refusal {
                _ = try await shore.desk.admit(certificateDER: der, at: end)
            }
            #expect(late == .expired)
            let old = Shore.now + CertificateAuthority.shipRenewalAge + .seconds(1)
            #expect(try await shore.desk.admit(certificateDER: der, at: old).shouldRenew)
            try await shore.run("DELETE FROM hawser.ship_certificates")
            let gone = await refusal {
                _ = try await shore.desk.admit(certificateDER: der, at: Shore.now)
            }
            #expect(gone == .unknown)
        }
    }

    @Test func `a revoked ship is refused, and can't be enrolled again`() async throws {
        try await withShore { shore in
            let admission = try await shore.ship()
            let certificate = try await shore.desk.renew(
                admission,
                request: request(),
                at: Shore.now
            )
            let ship = try await shore.ships.find(
                tenant: admission.identity.tenant,
                name: "aurora"
            )
            let token = try await shore.ships.makeEnrolmentToken(
                for: ship,
                lasting: .seconds(60),
                at: Shore.now,
                for: .command("test")
            )
            try await shore.ships.revoke(ship, at: Shore.now, for: .command("test"))
            let found = await refusal {
                _ = try await shore.desk.admit(certificateDER: certificate.der, at: Shore.now)
            }
            #expect(found == .revoked)
            let again = await code {
                _ = try await shore.desk.enrol(token: token, request: request(), at: Shore.now)
            }
            #expect(again == .forbidden)
        }
    }
}
