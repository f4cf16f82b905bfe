import FleetModel
import FleetRuntime
import Foundation
import Testing

/// `GET /api/v1/ships/{ship}/series` and `/query_range`.
@Suite(.shore, .timeLimit(.minutes(10)))
struct SeriesAPITests {
    private static let end = (Timestamp.now - .seconds(600)).floored(to: .seconds(3600))

    private func ship(_ shore: Shore, _ tenant: String) async throws -> String {
        let owner = try await shore.makeTenant(tenant)
        try await Fleet(shore: shore).store(
            try await shore.makeShip("aurora", of: owner),
            labels: (0..<5).map { LabelSet(name: "pump_pressure", ["pump": "\($0)"]) }
                + [LabelSet(name: "odd", ["text": "<\"é\\\n>"])],
            batches: Fleet.batches(
                series: 6,
                from: Self.end - .seconds(3600),
                count: 240,
                every: .seconds(15)
            ) { series, step in Double(series * 1000 + step) }
        )
        return try await shore.makeToken(owner)
    }

    @Test func `series come page by page, chosen by matchers`() async throws {
        let shore = try Shore.current()
        let token = try await ship(shore, "series")
        var found: [String] = []
        var query = "match[]=pump_pressure%7Bpump%21%3D%222%22%7D&limit=3"
        while true {
            let answer = try await shore.call("/api/v1/ships/aurora/series?\(query)", token: token)
            #expect(answer.status == 200)
            let data = try #require(answer.json["data"] as? [[String: String]])
            found += data.map { $0["pump"] ?? "" }
            #expect(data.allSatisfy { $0["ship"] == "aurora" && $0["__name__"] == "pump_pressure" })
            guard let next = answer.json["next"] as? String else { break }
            query = "match[]=pump_pressure%7Bpump%21%3D%222%22%7D&limit=3&cursor=\(next)"
        }
        #expect(found == ["0", "1", "3", "4"])
        let all = try await shore.call("/api/v1/ships/aurora/series", token: token)
        let texts = (all.json["data"] as? [[String: String]])?.compactMap { $0["text"] }
        #expect(texts == ["<\"é\\\n>"])
    }

    @Test func `a range is a matrix as Prometheus gives it, and says where it comes from`()
        async throws
    {
        let shore = try Shore.current()
        let token = try await ship(shore, "ranges")
        let (start, end) = (Self.end - .seconds(3600), Self.end)
        let path =
            "/api/v1/ships/aurora/query_range?match[]=pump_pressure%7Bpump%3D~%221|2%22%7D"
            + "&start=\(start.milliseconds / 1000)&end=\(end)"
        let answer = try await shore.call(path + "&step=5m&agg=max", token: token)
        #expect(answer.status == 200)
        let told = try #require(answer.json["hawser"] as? [String: Any])
        #expect(told["resolution"] as? String == "5m" && told["step_seconds"] as? Int == 300)
        let data = try #require(answer.json["data"] as? [String: Any])
        #expect(data["resultType"] as? String == "matrix")
        let result = try #require(data["result"] as? [[String: Any]])
        #expect(result.map { ($0["metric"] as? [String: String])?["pump"] } == ["1", "2"])
        let values = try #require(result[0]["values"] as? [[Any]])
        #expect(values.map { $0[1] as? String } == (0..<12).map { "\(1000 + $0 * 20 + 19)" })
        #expect(values[1][0] as? Double == Double(start.milliseconds / 1000 + 300))

        let raw = try await shore.call(path + "&format=csv", token: token)
        let lines = raw.body.split(separator: "\r\n")
        #expect(lines.count == 481)
        #expect(lines[1].hasSuffix(",\(start.milliseconds / 1000),1000"), "\(lines[1])")
        #expect(raw["content-type"]?.hasPrefix("text/csv") == true)
    }

    @Test func `bad questions are answered with what is wrong in them`() async throws {
        let shore = try Shore.current()
        let token = try await ship(shore, "questions")
        for query in [
            "query_range", "query_range?match[]=a%7B", "query_range?match[]=a&step=x",
            "query_range?match[]=a&start=yesterday", "query_range?match[]=a&agg=median",
            "query_range?match[]=a&step=1&start=2026-01-01&end=2026-11-01",
            "query_range?match[]=a&format=xml", "series?limit=0", "series?cursor=x",
            "series?match[]=%7Ba%3D~%22(%22%7D",
        ] {
            let answer = try await shore.call("/api/v1/ships/aurora/\(query)", token: token)
            #expect(answer.problem == "invalid", "\(query): \(answer.status) \(answer.body)")
        }
        let other = try await shore.makeToken(try await shore.makeTenant("others"))
        let answer = try await shore.call("/api/v1/ships/aurora/series", token: other)
        #expect(answer.problem == "not_found")
    }
}
