import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// Everything that can be wrong with a request, told as RFC 9457 says.
@Suite(.shore, .timeLimit(.minutes(10)))
struct ProblemTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    private func token() async throws -> String {
        let tenant = try await shore.makeTenant("t\(UInt64.random(in: 0 ... .max))")
        return try await shore.makeToken(tenant)
    }

    @Test(arguments: [
        [], ["Authorization: Bearer"], ["Authorization: Bearer "],
        ["Authorization: Bearer nonsense"],
        ["Authorization: Basic YTpi"], ["Authorization: Bearer hwt.1.1.short"],
        ["Cookie: __Host-hawser=hwt.1.1.nonsense"], ["Cookie: __Host-hawser"],
        ["Authorization: Bearer \u{FFFD}"],
    ])
    func `without a good token there is 401 and a challenge`(headers: [String]) async throws {
        for path in ["/api/v1/fleet/report", "/api/v1/ships/any/report"] {
            let response = try await shore.call(path, headers: headers)
            #expect(response.status == 401)
            #expect(response.problem == "unauthenticated")
            #expect(response["www-authenticate"]?.hasPrefix("Bearer") == true)
            #expect(response.json["instance"] as? String == path)
        }
    }

    @Test(arguments: [
        "from=yesterday", "to=2026-13-01", "from=2026-11-21T25:00:00Z", "from=nan", "to=inf",
        "from=1e300", "from=2026-11-21&to=2026-11-20", "from=2026-11-21&to=2026-11-21",
        "from=2024-01-01&to=2026-01-01", "from=-999999999999&to=-999999999998",
        "from=%00", "from=2026-11-21T12:00:00+99:00", "from='%20OR%201=1",
    ])
    func `a time that makes no sense is 400 and says which`(query: String) async throws {
        let response = try await shore.call("/api/v1/fleet/report?\(query)", token: token())
        #expect(response.status == 400)
        #expect(response.problem == "invalid")
        #expect((response.json["detail"] as? String)?.isEmpty == false)
    }

    @Test func `a form that is not to be had is 406 or 400`() async throws {
        let token = try await token()
        let picture = try await shore.call(
            "/api/v1/fleet/report",
            token: token,
            headers: ["Accept: image/png"]
        )
        #expect(picture.status == 406)
        #expect(picture.problem == "not_acceptable")
        let format = try await shore.call("/api/v1/fleet/report?format=exe", token: token)
        #expect([400, 406].contains(format.status))
        #expect(format.problem != nil)
    }

    @Test(arguments: [
        "/nowhere", "/api/v1", "/api/v1/fleet/report/more", "/api/v2/fleet/report",
        "/api/v1/ships//report/more", "/api/v1/../../etc/passwd", "/.git/config",
        "/api/v1/fleet/report%00",
    ])
    func `an unknown path is 404`(path: String) async throws {
        let response = try await shore.call(path, token: token())
        #expect(response.status == 404)
        #expect(response.problem?.hasSuffix("404") == true)
    }

    @Test(arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
    func `a wrong method is refused as a problem`(method: String) async throws {
        let response = try await shore.call(
            "/api/v1/fleet/report",
            method: method,
            token: token(),
            body: "{}"
        )
        #expect([404, 405].contains(response.status))
        #expect(response.problem != nil)
    }

    @Test func `HEAD is answered as GET is, without a body`() async throws {
        for path in ["/healthz", "/nowhere", "/api/v1/fleet/report", "/api/v1/ships/no/report"] {
            let token = try await token()
            let get = try await shore.call(path, token: token)
            let head = try await shore.call(path, method: "HEAD", token: token)
            #expect(head.status == get.status)
            #expect(head["content-type"] == get["content-type"])
            #expect(head.body.isEmpty)
        }
    }

    @Test func `a header or a body beyond all measure is refused, and the server lives`()
        async throws
    {
        let large = String(repeating: "x", count: 200_000)
        let client = try await WireClient.connect(
            port: shore.apiPort,
            authority: shore.authority
        )
        client.send(Array("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Large: \(large)\r\n\r\n".utf8))
        try await eventually("it is refused") {
            client.isClosed || APIResponse(String(decoding: client.received, as: UTF8.self)) != nil
        }
        let answer = APIResponse(String(decoding: client.received, as: UTF8.self))
        #expect(answer == nil || (400..<500).contains(answer?.status ?? 0))
        client.close()
        for path in ["/api/v1/enrolments", "/sign-in"] {
            let response = try await shore.call(path, method: "POST", body: large)
            #expect(response.status == 413, "\(path)")
            #expect(response.problem == "http_413")
        }
        #expect(try await shore.call("/healthz").status == 200)
    }

    @Test func `health, metrics and every answer give no names and no secrets away`() async throws {
        let tenant = try await shore.makeTenant("very-secret-company")
        let ship = try await shore.makeShip("very-secret-ship", of: tenant)
        let session = try await RawSession.open(shore, ship)
        try await session.deliver(.events, 0, Segments.event("very-secret-event"))
        let token = try await shore.makeToken(tenant)
        for path in [
            "/api/v1/fleet/report", "/api/v1/ships/very-secret-ship/report",
            "/api/v1/fleet/report?from=secret-query",
        ] {
            _ = try await shore.call(path, token: token)
        }
        for path in ["/healthz", "/readyz", "/metrics"] {
            let response = try await shore.call(path)
            #expect(response.status == 200)
            #expect(!response.body.contains("secret"), "\(path)")
            #expect(!response.body.contains("hwt."))
            #expect(response["x-content-type-options"] == "nosniff")
        }
        let metrics = try await shore.call("/metrics")
        #expect(metrics["content-type"]?.hasPrefix("text/plain") == true)
        #expect(MetricsPage(metrics.body)["hawser_sync_sessions"] == 1)
        session.close()
        try await eventually("the session is gone from the gauge") {
            try await shore.metric("hawser_sync_sessions") == 0
        }
        #expect(!shore.log.contains(token))
        #expect(!shore.log.contains("secret-query"))
    }
}
