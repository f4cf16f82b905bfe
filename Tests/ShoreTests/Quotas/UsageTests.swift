import CoreDomain
import Crypto
import FleetModel
import FleetProtocol
import FleetTestSupport
import Foundation
import Testing

/// The bill: counted, measured and signed.
@Suite(.shore, .timeLimit(.minutes(10)))
struct UsageTests {
    @Test func `usage by day is counted in the background and signed`() async throws {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("usage")
        let ship = try await shore.makeShip("aurora", of: tenant)
        let session = try await RawSession.open(shore, ship)
        try await session.deliver(
            .catalogue,
            0,
            Segments.catalogue([LabelSet(name: "a", [:]), LabelSet(name: "b", [:])])
        )
        try await session.deliver(.metrics, 0, Segments.metrics([(0, 1), (1, 2)]))
        session.close()
        try await Usages(pool: shore.pool).measure(tenant.id, at: .now)
        let token = try await shore.makeToken(tenant, role: .operator)
        let answer = try await eventually("the day is written down", timeout: .seconds(240)) {
            let answer = try await shore.call("/api/v1/usage", token: token)
            let day = (answer.json["days"] as? [[String: Any]])?.last
            return day?["samples"] as? Int == 2 && day?["api_requests"] as? Int ?? 0 > 0
                ? answer : nil
        }
        let day = try #require((answer.json["days"] as? [[String: Any]])?.last)
        #expect(day["ships"] as? Int == 1)
        #expect(day["series"] as? Int == 2)
        #expect(day["bytes_in"] as? Int ?? 0 > 0)
        #expect(day["storage_bytes"] as? Int ?? 0 > 0)
        let csv = try await shore.call("/api/v1/usage?format=csv", token: token)
        #expect(csv.body.hasPrefix("tenant,day,samples,bytes_in,"))
        #expect(csv.body.contains("\r\nusage,"))
        let hex = try String(contentsOfFile: shore.data + "/authority/sign.pub", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let bytes = stride(from: 0, to: hex.count, by: 2).compactMap { index in
            UInt8(hex.dropFirst(index).prefix(2), radix: 16)
        }
        let key = try Curve25519.Signing.PublicKey(rawRepresentation: bytes)
        for signed in [answer, csv] {
            let signature = try #require(Data(base64Encoded: signed["hawser-signature"] ?? ""))
            #expect(key.isValidSignature(signature, for: Data(signed.body.utf8)))
            #expect(!key.isValidSignature(signature, for: Data((signed.body + " ").utf8)))
            #expect(signed["hawser-signature-key"]?.count == 16)
        }
        #expect(answer.json["public_key"] as? String == hex)
    }

    @Test func `a viewer sees no bill, and nobody another tenant's`() async throws {
        let shore = try Shore.current()
        let one = try await shore.makeTenant("usage-one")
        let two = try await shore.makeTenant("usage-two")
        let viewer = try await shore.makeToken(one)
        #expect(try await shore.call("/api/v1/usage", token: viewer).status == 403)
        let admin = try await shore.makeToken(two, role: .admin)
        let crossing = try await shore.call(
            "/api/v1/usage",
            token: admin,
            headers: ["Hawser-Tenant: usage-one"]
        )
        #expect(crossing.status == 403)
        let long = try await shore.call("/api/v1/usage?from=2020-01-01", token: admin)
        #expect(long.status == 400)
    }
}
