import CoreDomain
import FleetModel
import FleetTestSupport
import Testing

/// What a server remembers of a token is forgotten within seconds.
@Suite(.shore, .timeLimit(.minutes(1)))
struct RevocationSpeedTests {
    @Test func `a token that is revoked under a server that knows it is refused within seconds`()
        async throws
    {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("revoked")
        let token = try await shore.makeToken(tenant)
        let path = "/api/v1/fleet/report?format=json"
        #expect(try await shore.call(path, token: token).status == 200)
        try await shore.plant(
            "UPDATE hawser.api_tokens SET revoked_at = now() WHERE tenant_id = \(tenant.id.rawValue)"
        )
        try await eventually("it is refused", timeout: .seconds(10)) {
            try await shore.call(path, token: token).status == 401
        }
    }

    @Test func `a grant that is taken away is gone within seconds`() async throws {
        let shore = try Shore.current()
        let tenant = try await shore.makeTenant("taken-away")
        let token = try await shore.makeToken(tenant)
        let path = "/api/v1/fleet/report?format=json"
        #expect(try await shore.call(path, token: token).status == 200)
        try await shore.plant(
            "DELETE FROM hawser.role_bindings WHERE tenant_id = \(tenant.id.rawValue)"
        )
        try await eventually("it is forbidden", timeout: .seconds(10)) {
            try await shore.call(path, token: token).status == 403
        }
    }
}
