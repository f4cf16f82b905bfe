import CoreDomain
import FleetModel
import FleetProtocol
import FleetTestSupport
import Testing

/// `/api/v1/ships/{ship}/wants`, and how a ship hears of it.
@Suite(.shore, .timeLimit(.minutes(10)))
struct WantRouteTests {
    private static let path = "/api/v1/ships/aurora/wants"

    private static func body(
        from: String = "2026-11-01",
        to: String = "2026-11-02",
        maxBytes: Int = 1_000_000
    ) -> String {
        "{\"from\": \"\(from)\", \"to\": \"\(to)\", \"max_bytes\": \(maxBytes)}"
    }

    private func ask(_ shore: Shore, _ token: String, _ body: String) async throws -> Int64 {
        let answer = try await shore.call(Self.path, method: "POST", token: token, body: body)
        #expect(answer.status == 201, "\(answer.body)")
        let id = try #require(answer.json["id"] as? Int)
        #expect(answer["location"] == "\(Self.path)/\(id)")
        return Int64(id)
    }

    private func heard(_ session: RawSession, _ id: Int64) async throws -> Want {
        try await session.client.waitForFrame("want \(id)") { frame in
            if case .want(let want) = frame, want.id == UInt64(id) { want } else { nil }
        }
    }

    @Test func `a connected ship hears of a want, and its answer is told`() async throws {
        let shore = try Shore.current()
        let owner = try await shore.makeTenant("asking")
        let token = try await shore.makeToken(owner, role: .operator)
        let ship = try await shore.makeShip("aurora", of: owner)
        let early = try await ask(shore, token, Self.body(maxBytes: 1234))
        let waiting = try await shore.call("\(Self.path)/\(early)", token: token)
        #expect(waiting.json["state"] as? String == "waiting")

        let session = try await RawSession.open(shore, ship, answersWants: true)
        let first = try await heard(session, early)
        #expect(first.maxBytes == 1234)
        #expect(first.from == Timestamp(parsing: "2026-11-01"))
        #expect(first.to == Timestamp(parsing: "2026-11-02"))
        // While it is there.
        let late = try await ask(shore, token, Self.body(from: "2026-10-30"))
        _ = try await heard(session, late)
        let told = try await shore.call("\(Self.path)/\(late)", token: token)
        #expect(told.json["state"] as? String == "told")
        session.client.send(
            .wantAnswer(WantAnswer(id: UInt64(late), outcome: .partly, samples: 7, bytes: 99))
        )
        try await eventually("the answer is told") {
            let answer = try await shore.call("\(Self.path)/\(late)", token: token)
            return answer.json["state"] as? String == "answered"
                && answer.json["outcome"] as? String == "partly"
                && answer.json["samples"] as? Int == 7 && answer.json["bytes"] as? Int == 99
        }
        session.close()

        // Told and not answered: told again, and what was answered is not.
        let again = try await RawSession.open(shore, ship, answersWants: true)
        #expect(try await heard(again, early) == first)
        let others = try again.client.frames().filter { frame in
            if case .want(let want) = frame { want.id != first.id } else { false }
        }
        #expect(others.isEmpty)
        again.close()
    }

    @Test func `a ship of before is not told, and what it was not told can be withdrawn`()
        async throws
    {
        let shore = try Shore.current()
        let owner = try await shore.makeTenant("before")
        let token = try await shore.makeToken(owner, role: .operator)
        let ship = try await shore.makeShip("aurora", of: owner)
        let id = try await ask(shore, token, Self.body())
        let session = try await RawSession.open(shore, ship)
        session.client.send(.ping(7))
        _ = try await session.client.waitForFrame("a pong") { frame in
            if case .pong(let number) = frame { number } else { nil }
        }
        try await Task.sleep(for: .seconds(1))
        let told = try session.client.frames().filter {
            if case .want = $0 { true } else { false }
        }
        #expect(told.isEmpty)
        let gone = try await shore.call("\(Self.path)/\(id)", method: "DELETE", token: token)
        #expect(gone.status == 204)
        let found = try await shore.call("\(Self.path)/\(id)", token: token)
        #expect(found.problem == "not_found")
        session.close()
    }

    @Test func `pages, roles and limits`() async throws {
        let shore = try Shore.current()
        let owner = try await shore.makeTenant("pages")
        let token = try await shore.makeToken(owner, role: .operator)
        let viewer = try await shore.makeToken(owner)
        _ = try await shore.makeShip("aurora", of: owner)
        let forbidden = try await shore.call(
            Self.path,
            method: "POST",
            token: viewer,
            body: Self.body()
        )
        #expect(forbidden.problem == "forbidden")
        for body in [
            "", "{}", Self.body(from: "yesterday"), Self.body(to: "2026-11-01"),
            Self.body(to: "2026-12-03"), Self.body(maxBytes: 0), Self.body(maxBytes: 1_000_000_001),
        ] {
            let answer = try await shore.call(Self.path, method: "POST", token: token, body: body)
            #expect(answer.problem == "invalid", "\(body): \(answer.body)")
        }
        var asked: [Int64] = []
        for _ in 0..<5 { asked.append(try await ask(shore, token, Self.body())) }
        var found: [Int64] = []
        var query = "?limit=2"
        while true {
            let page = try await shore.call(Self.path + query, token: viewer)
            let wants = try #require(page.json["wants"] as? [[String: Any]])
            #expect(wants.count <= 2)
            found += wants.compactMap { ($0["id"] as? Int).map(Int64.init) }
            guard let next = page.json["next"] as? String else { break }
            query = "?limit=2&cursor=\(next)"
        }
        #expect(found == asked.reversed())
        let other = try await shore.makeTenant("strangers")
        _ = try await shore.makeShip("aurora", of: other)
        let stranger = try await shore.makeToken(other, role: .admin)
        for method in ["GET", "DELETE"] {
            let answer = try await shore.call(
                "\(Self.path)/\(asked[0])",
                method: method,
                token: stranger
            )
            #expect(answer.problem == "not_found")
        }
    }
}
