import CoreDomain
import FleetIdentity
import FleetModel
import Foundation
import Testing

/// The door where a one-time token becomes a certificate, asked directly.
@Suite(.shore, .timeLimit(.minutes(10)))
struct EnrolmentTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    private func makeShip(
        lasting: Duration = .seconds(600),
        at moment: Timestamp = .now
    ) async throws -> Ships.Created {
        let tenant = try await shore.makeTenant("t\(UInt64.random(in: 0 ... .max))")
        return try await shore.ships.create(
            tenant: tenant.id,
            name: "aurora",
            tokenLasting: lasting,
            at: moment,
            for: .command("test")
        )
    }

    private func enrol(_ token: String, request: [UInt8]? = nil) async throws -> APIResponse {
        let der = try request ?? CertificateRequest(key: PrivateKey(), commonName: "ship").der
        let body = ["token": token, "request": Data(der).base64EncodedString()]
        let json = String(decoding: try JSONEncoder().encode(body), as: UTF8.self)
        return try await shore.call("/api/v1/enrolments", method: "POST", body: json)
    }

    private func certificates(of ship: Ship) async throws -> Int {
        try await shore.look(
            """
            SELECT fingerprint::text AS value FROM hawser.ship_certificates
            WHERE tenant_id = \(ship.identity.tenant) AND ship_id = \(ship.identity.ship)
            """
        ).count
    }

    @Test func `a token is good once`() async throws {
        let created = try await makeShip()
        let first = try await enrol(created.enrolmentToken)
        #expect(first.status == 201)
        #expect(first.json["ship"] as? String == "aurora")
        #expect(first.json["sync_port"] as? Int == shore.syncPort)
        let pem = try #require(first.json["certificate"] as? String)
        let certificate = try IssuedCertificate(pem: pem)
        #expect(certificate.shipIdentity == created.ship.identity)
        let second = try await enrol(created.enrolmentToken)
        #expect(second.status == 410)
        #expect(second.problem == "gone")
        #expect(try await certificates(of: created.ship) == 1)
    }

    @Test func `of many who race with one token exactly one wins`() async throws {
        let created = try await makeShip()
        let token = created.enrolmentToken
        let answers = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { try await enrol(token).status } }
            return try await group.reduce(into: [Int]()) { $0.append($1) }
        }
        #expect(answers.count { $0 == 201 } == 1, "\(answers)")
        #expect(answers.count { $0 == 410 } == 7, "\(answers)")
        #expect(try await certificates(of: created.ship) == 1)
    }

    @Test func `an expired token and one of a revoked ship get nothing`() async throws {
        let late = try await makeShip(lasting: .seconds(60), at: .now - .seconds(61))
        let expired = try await enrol(late.enrolmentToken)
        #expect(expired.status == 410)
        #expect(expired.problem == "gone")
        let revoked = try await makeShip()
        try await shore.ships.revoke(revoked.ship, at: .now, for: .command("test"))
        let refused = try await enrol(revoked.enrolmentToken)
        #expect(refused.status == 403)
        #expect(refused.problem == "forbidden")
        #expect(try await certificates(of: late.ship) == 0)
        #expect(try await certificates(of: revoked.ship) == 0)
    }

    @Test func `a token with any part changed is as unknown as any other`() async throws {
        let created = try await makeShip()
        let other = try await makeShip()
        let parts = created.enrolmentToken.split(separator: ".").map(String.init)
        let others = other.enrolmentToken.split(separator: ".").map(String.init)
        var answers: Set<String> = []
        for forgery in [
            [parts[0], others[1], parts[2], parts[3], parts[4]],
            [parts[0], others[1], others[2], parts[3], parts[4]],
            [parts[0], parts[1], others[2], parts[3], parts[4]],
            [parts[0], parts[1], parts[2], others[3], parts[4]],
            [parts[0], "424242", parts[2], parts[3], parts[4]],
            ["hwt", parts[1], parts[2], parts[3], parts[4]],
            [parts[0], parts[1], parts[2], parts[3]],
            ["", "", "", "", ""],
        ] {
            let response = try await enrol(forgery.joined(separator: "."))
            #expect(response.status == 401, "\(forgery)")
            answers.insert(response.body)
        }
        #expect(answers.count == 1, "\(answers)")
        // An API token is no enrolment token.
        let apiToken = try await shore.makeToken(shore.makeTenant("api-token"), role: .admin)
        #expect(try await enrol(apiToken).status == 401)
        #expect(try await enrol(created.enrolmentToken).status == 201)
    }

    @Test func `garbage for a request is refused and leaves the token good`() async throws {
        let created = try await makeShip()
        let good = try CertificateRequest(key: PrivateKey(), commonName: "ship").der
        var damaged = good
        damaged[damaged.count - 4] ^= 1
        for garbage in [
            [], [0x30], Array("hello".utf8), damaged, good + [0], Array(good.dropLast()),
        ] {
            let response = try await enrol(created.enrolmentToken, request: garbage)
            #expect(response.status == 400)
            #expect(response.problem == "invalid")
        }
        #expect(try await certificates(of: created.ship) == 0)
        #expect(try await enrol(created.enrolmentToken).status == 201)
    }

    @Test(arguments: [
        "", "{", "[]", "null", "{\"token\": 1}", "{\"token\": \"a\", \"request\": \"%%%\"}",
        "{\"token\": \"a\"}", String(repeating: "[", count: 20_000),
    ])
    func `a body that is no enrolment is 400`(body: String) async throws {
        let response = try await shore.call("/api/v1/enrolments", method: "POST", body: body)
        #expect(response.status == 400)
        #expect(response.problem == "invalid")
    }

    @Test func `neither kind of token is ever logged`() async throws {
        let created = try await makeShip()
        _ = try await enrol(created.enrolmentToken)
        _ = try await enrol(created.enrolmentToken)
        _ = try await enrol(created.enrolmentToken + "x")
        let secret = created.enrolmentToken.split(separator: ".")[3]
        #expect(!shore.log.contains(secret))
        // Nor kept: only its hash is in the database.
        let stored = try await shore.look(
            "SELECT t::text AS value FROM hawser.enrolment_tokens AS t"
        )
        #expect(!stored.contains { $0.contains(secret) })
    }
}
