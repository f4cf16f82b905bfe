import CoreDomain
import FleetModel
import FleetSeries
import FleetTestSupport
import Testing

/// A ship's log records, asked for through the API.
@Suite(.shore, .timeLimit(.minutes(10)))
struct LogRouteTests {
    private let shore: Shore

    init() throws {
        shore = try Shore.current()
    }

    /// A ship that has logged these messages, a second apart, the last just now.
    private func makeShip(_ name: String, of tenant: Tenant, _ messages: [String]) async throws {
        let ship = try await shore.makeShip(name, of: tenant)
        let session = try await RawSession.open(shore, ship)
        defer { session.close() }
        let now = Timestamp.now
        let records = messages.enumerated().map { index, message in
            LogRecord(
                at: now - .seconds(Int64(messages.count - index)),
                severity: index % 2 == 0 ? .warning : .informational,
                host: "bridge",
                app: "nav",
                message: message
            )
        }
        try await session.deliver(.logs, 0, LogSegment.encode(records))
    }

    private func messages(_ response: APIResponse) -> [String] {
        (response.json["records"] as? [[String: Any]] ?? []).compactMap { $0["message"] as? String }
    }

    @Test func `records come as json and as text, in parts`() async throws {
        let tenant = try await shore.makeTenant("logger")
        try await makeShip("aurora", of: tenant, ["one", "two <b>", "three\u{1B}[31m"])
        let token = try await shore.makeToken(tenant, role: .viewer)
        let path = "/api/v1/ships/aurora/logs"
        let all = try await shore.call(path, token: token)
        #expect(all.status == 200)
        #expect(messages(all) == ["three\u{1B}[31m", "two <b>", "one"])

        let first = try await shore.call("\(path)?limit=2&q=o", token: token)
        #expect(messages(first) == ["two <b>", "one"])
        let page = try await shore.call("\(path)?limit=1", token: token)
        #expect(messages(page).count == 1)
        let link = try #require(page["link"])
        #expect(link.hasSuffix(">; rel=\"next\""))
        let next = String(link.dropFirst().prefix { $0 != ">" })
        #expect(messages(try await shore.call(next, token: token)) == ["two <b>"])

        let grave = try await shore.call("\(path)?severity=warning", token: token)
        #expect(messages(grave) == ["three\u{1B}[31m", "one"])
        let text = try await shore.call("\(path)?format=text", token: token)
        #expect(text["content-type"] == "text/plain; charset=utf-8")
        #expect(text.body.contains("warning   bridge nav: one\n"))
        #expect(!text.body.contains("\u{1B}"), "a terminal must not be told what to do")
    }

    @Test(arguments: [
        "limit=0", "limit=1001", "limit=x", "severity=loud", "cursor=x", "q=%22open", "from=x",
        "from=2026-11-21&to=2026-11-20", "format=csv", "format=xml",
    ])
    func `a request that is out of order is told what is wrong`(query: String) async throws {
        let tenant = try await shore.makeTenant("orderly-\(UInt32.random(in: 0 ... .max))")
        try await makeShip("aurora", of: tenant, ["one"])
        let token = try await shore.makeToken(tenant, role: .viewer)
        let answer = try await shore.call("/api/v1/ships/aurora/logs?\(query)", token: token)
        #expect(answer.status == 400)
        #expect(answer.problem == "invalid")
    }

    @Test func `another tenant's log is as if it did not exist`() async throws {
        let owner = try await shore.makeTenant("keeper")
        let stranger = try await shore.makeTenant("reader")
        try await makeShip("borealis", of: owner, ["secret"])
        try await makeShip("aurora", of: stranger, ["own"])
        let token = try await shore.makeToken(stranger, role: .admin)
        let foreign = try await shore.call("/api/v1/ships/borealis/logs", token: token)
        #expect(foreign.status == 404)
        #expect(foreign.problem == "not_found")
        let own = try await shore.call("/api/v1/ships/aurora/logs?q=secret", token: token)
        #expect(messages(own) == [])
        #expect(try await shore.call("/api/v1/ships/aurora/logs").status == 401)
    }
}
