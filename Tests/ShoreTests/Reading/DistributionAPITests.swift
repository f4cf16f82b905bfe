import FleetModel
import Foundation
import Testing

/// `GET /api/v1/fleet/quantile`, `/fleet/cardinality` and `/ships/{ship}/ledger`.
@Suite(.shore, .timeLimit(.minutes(10)))
struct DistributionAPITests {
    private static let end = (Timestamp.now - .seconds(600)).floored(to: .seconds(3600))

    /// Two ships, an hour of two pumps each, and another tenant's ship with other values.
    private func fleet(_ shore: Shore, _ tenant: String) async throws -> String {
        let owner = try await shore.makeTenant(tenant)
        let other = try await shore.makeTenant(tenant + "-other")
        for (name, tenant, base) in [("aurora", owner, 0), ("borealis", owner, 1), ("x", other, 9)]
        {
            try await Fleet(shore: shore).store(
                try await shore.makeShip(name, of: tenant),
                labels: (0..<2).map { LabelSet(name: "pump_pressure", ["pump": "\($0)"]) },
                batches: Fleet.batches(
                    series: 2,
                    from: Self.end - .seconds(3600),
                    count: 100,
                    every: .seconds(30)
                ) { _, step in Double(base * 100 + step + 1) }
            )
        }
        return try await shore.makeToken(owner)
    }

    @Test func `a fleet's quantiles are one tenant's, with their error`() async throws {
        let shore = try Shore.current()
        let token = try await fleet(shore, "quantiles")
        let from = (Self.end - .seconds(3600)).milliseconds / 1000
        let query = "metric=pump_pressure&q=0,0.5,1&from=\(from)&to=\(from + 3600)"
        let answer = try await shore.call("/api/v1/fleet/quantile?\(query)", token: token)
        #expect(answer.status == 200)
        #expect(answer.json["ships"] as? Int == 2)
        #expect(answer.json["series"] as? Int == 4)
        #expect(answer.json["relative_error"] as? Double == 0.01)
        let steps = try #require(answer.json["steps"] as? [[String: Any]])
        #expect(steps.count == 1)
        #expect(steps.first?["count"] as? Int == 400)
        #expect(steps.first?["covered"] as? Int == 400)
        let found = try #require(steps.first?["quantiles"] as? [String: String])
        #expect(found["0.0"] == "1")
        #expect(found["1.0"] == "200")
        let middle = try #require(found["0.5"].flatMap(Double.init))
        #expect(abs(middle - 100) <= 1)

        let one =
            "/api/v1/fleet/quantile?metric=pump_pressure%7Bpump%3D%221%22,ship%3D%22aurora%22%7D"
        let few = try await shore.call(one + "&from=\(from)&to=\(from + 3600)", token: token)
        #expect(few.json["series"] as? Int == 1)

        let distinct = "/api/v1/fleet/cardinality?from=\(from)&to=\(from + 3600)"
        let counted = try await shore.call(distinct, token: token)
        #expect(counted.json["distinct_series"] as? Int == 2)
        #expect(counted.json["exact"] as? Bool == true)
    }

    @Test func `bad questions are answered with what is wrong in them`() async throws {
        let shore = try Shore.current()
        let token = try await fleet(shore, "bad-quantiles")
        for query in [
            "fleet/quantile", "fleet/quantile?metric=a&q=2", "fleet/quantile?metric=a&q=x",
            "fleet/quantile?metric=a&step=90s", "fleet/quantile?metric=a%7B",
            "fleet/cardinality?from=2026-01-02&to=2026-01-01", "ships/aurora/ledger?cursor=1.2",
            "ships/aurora/ledger?limit=0",
        ] {
            let answer = try await shore.call("/api/v1/\(query)", token: token)
            #expect(answer.status == 400, "\(query): \(answer.body)")
            #expect(answer["content-type"]?.hasPrefix("application/problem+json") == true)
        }
        let stranger = try await shore.call("/api/v1/ships/x/ledger", token: token)
        #expect(stranger.status == 404)
        let nobody = try await shore.call("/api/v1/fleet/quantile?metric=a", token: nil)
        #expect(nobody.status == 401)
    }

    @Test func `a ship's ledger has its lanes and days`() async throws {
        let shore = try Shore.current()
        let token = try await fleet(shore, "ledgers")
        let answer = try await shore.call("/api/v1/ships/aurora/ledger", token: token)
        #expect(answer.status == 200)
        #expect((answer.json["differences"] as? [Any])?.isEmpty == true)
        #expect((answer.json["declarations"] as? [Any])?.isEmpty == true)
        let days = try #require(answer.json["days"] as? [[String: Any]])
        let stored = days.filter { $0["lane"] as? String == "metrics" }
            .compactMap { $0["stored"] as? Int }
        #expect(stored.reduce(0, +) == 200)
        #expect(days.allSatisfy { $0["told_at"] is NSNull })
    }
}
