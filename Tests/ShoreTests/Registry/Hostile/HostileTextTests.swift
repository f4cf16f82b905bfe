import CoreDomain
import FleetModel
import FleetTestSupport
import Foundation
import Testing

/// What clients write into fields, filters, tags and paths to see whether something breaks.
@Suite(.shore, .timeLimit(.minutes(10)))
struct HostileTextTests {
    private let shore: Shore

    init() throws { shore = try Shore.current() }

    // MARK: JSON

    @Test func `JSON that is too deep, too long, or none is refused in MLflow's words`()
        async throws
    {
        let hostile = try await HostileTenant("json", shore)
        let nested = { (count: Int) in
            "{\"name\": " + String(repeating: "[", count: count)
                + String(repeating: "]", count: count) + "}"
        }
        for body in [
            nested(100), nested(100_000),
            "{\"name\": \"\(String(repeating: "a", count: 1_100_000))\"}",
            String(repeating: "{\"name\":", count: 50_000), "[]", "null", "\"text\"", "{", "{}}",
            "{\"name\": 1}", "{\"name\": {}}", "{\"name\": null}", "{\"name\": \"\\ud800\"}",
            "{\"name\": \"a\\u0000b\"}", "{\"name\": \"a\", \"name\": \"b\"}",
            "{\"name\": \"x\", \"tags\": \"y\"}", "{\"name\": \"x\", \"tags\": [1]}",
            "{\"name\": \"x\", \"tags\": [{\"key\": {}}]}",
        ] {
            let answer = try await hostile.mlflow("registered-models/create", text: body)
            #expect(answer.isRefusal, "\(body.prefix(60)): \(answer.status) \(answer.body)")
        }
        // Fields that nobody knows pass, however many.
        let many = (0..<40_000).map { "\"f\($0)\":\($0)" }.joined(separator: ",")
        let answer = try await hostile.mlflow(
            "registered-models/create",
            text: "{\(many),\"name\":\"m\"}"
        )
        #expect(answer.status == 200, "\(answer.status) \(answer.body)")
        let listed = try await hostile.call("/api/2.0/mlflow/registered-models/search")
        #expect((listed.json["registered_models"] as? [Any])?.count == 1, "\(listed.body)")
    }

    @Test func `headers and addresses that are too long end with an answer, here as everywhere`()
        async throws
    {
        let hostile = try await HostileTenant("headers", shore)
        let long = String(repeating: "a", count: 20_000)
        let path = "/api/2.0/mlflow/registered-models/search?filter=\(long)"
        #expect([414, 431].contains(try await hostile.call(path).status))
        let header = try await hostile.call(
            "/api/2.0/mlflow/registered-models/search",
            "GET",
            nil,
            ["X-Long: \(long)"]
        )
        #expect(header.status == 431)
    }

    // MARK: Filters

    private static let injections = [
        "name = 'x'; DROP TABLE hawser.registered_models; --'",
        "name = 'x' OR 1=1", "name = 'x' OR '1'='1'", "name = '' OR ''=''",
        "name LIKE '%' UNION SELECT token_hash FROM hawser.tokens",
        "name = 'x'') OR true --", "tags.`a' OR 'b'='b` = 'c'", "tags.\"a\" = 'x' /* */",
        "name = $1", "name = 'x\\'", "name = \"x\"; SELECT pg_sleep(10)",
        "attribute.tenant_id = 1", "name = (SELECT 1)", "name = 'x' AND pg_sleep(10) = 0",
        "name ILIKE '%' -- ", "1 = 1", "';", "name = 'x\u{0}'",
        "name = '" + String(repeating: "x", count: 7000) + "'",
        String(repeating: "name = 'x' AND ", count: 400) + "name = 'x'",
        "name = '\u{202E}' AND name != ''''",
        "name LIKE '" + String(repeating: "%_", count: 2000) + "'",
    ]

    @Test func `a filter is data, whatever is in it, and nothing is found or gone because of it`()
        async throws
    {
        let (hostile, other) = (
            try await HostileTenant("filters", shore), try await HostileTenant("victim", shore)
        )
        for tenant in [hostile, other] {
            #expect(
                try await tenant.mlflow("registered-models/create", ["name": "mine"]).status == 200
            )
        }
        let tables = try await shore.look(
            "SELECT count(*)::text AS value FROM pg_tables WHERE schemaname = 'hawser'"
        )
        for filter in Self.injections {
            for (path, body) in [
                ("runs/search", ["experiment_ids": ["0"], "filter": filter]),
                ("experiments/search", ["filter": filter, "max_results": 10]),
                ("logged-models/search", ["experiment_ids": ["0"], "filter": filter]),
                ("runs/search", ["experiment_ids": ["0"], "order_by": [filter]]),
            ] as [(String, [String: any Sendable])] {
                let began = ContinuousClock.now
                let answer = try await hostile.mlflow(path, body)
                #expect(
                    answer.status == 200 || answer.isRefusal,
                    "\(path) \(filter.prefix(60)): \(answer.status) \(answer.body)"
                )
                #expect(!answer.body.contains("PostgreSQL"), "\(answer.body)")
                #expect(ContinuousClock.now - began < .seconds(9), "\(filter.prefix(60)) slept")
            }
            let encoded =
                filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? filter
            guard encoded.utf8.count < 7000 else { continue }
            for path in ["registered-models/search", "model-versions/search"] {
                let answer = try await hostile.call("/api/2.0/mlflow/\(path)?filter=\(encoded)")
                #expect(
                    answer.status == 200 || answer.isRefusal,
                    "\(path) \(filter.prefix(60)): \(answer.status) \(answer.body)"
                )
                let found = (answer.json["registered_models"] as? [Any])?.count ?? 0
                #expect(found <= 1, "\(filter): another tenant's model")
            }
        }
        #expect(
            try await shore.look(
                "SELECT count(*)::text AS value FROM pg_tables WHERE schemaname = 'hawser'"
            ) == tables
        )
        for tenant in [hostile, other] {
            let listed = try await tenant.call("/api/2.0/mlflow/registered-models/search")
            #expect((listed.json["registered_models"] as? [Any])?.count == 1)
        }
    }

    // MARK: Tags

    @Test func `a hundred thousand tags are refused, by one call and by many`() async throws {
        let hostile = try await HostileTenant("tags", shore)
        let run = try await hostile.makeRun()
        func tags(_ range: Range<Int>, _ length: Int = 3) -> [[String: any Sendable]] {
            range.map { ["key": "k\($0)", "value": String(repeating: "v", count: length)] }
        }
        let atOnce = try await hostile.mlflow(
            "runs/log-batch",
            ["run_id": run, "tags": tags(0..<20_000)]
        )
        #expect(atOnce.status == 400 && atOnce.isRefusal, "\(atOnce.status)")
        // As many as a request may have, until there are too many.
        var taken = 1
        var answer = atOnce
        for batch in 0..<1000 {
            answer = try await hostile.mlflow(
                "runs/log-batch",
                ["run_id": run, "tags": tags(batch * 100..<batch * 100 + 100)]
            )
            guard answer.status == 200 else { break }
            taken += 100
        }
        #expect(answer.status == 400, "after \(taken): \(answer.body)")
        #expect(answer.body.contains("a run has at most 2000 tags"), "\(answer.body)")
        #expect(taken <= 2000)
        // One by one ends there too; what there is can be changed, and goes on being read.
        for number in 0..<(2001 - taken) {
            answer = try await hostile.mlflow(
                "runs/set-tag",
                ["run_id": run, "key": "single\(number)", "value": "x"]
            )
        }
        #expect(answer.status == 400 && answer.body.contains("2000 tags"), "\(answer.body)")
        let changed = try await hostile.mlflow(
            "runs/set-tag",
            ["run_id": run, "key": "k1", "value": "changed"]
        )
        #expect(changed.status == 200, "\(changed.body)")
        let whole = try await hostile.call("/api/2.0/mlflow/runs/get?run_id=\(run)")
        let data = (whole.json["run"] as? [String: Any])?["data"] as? [String: Any]
        #expect((data?["tags"] as? [Any])?.count == 2000)

        // A version's tags are as many at the most, and of so many bytes.
        #expect(try await hostile.mlflow("registered-models/create", ["name": "m"]).status == 200)
        let version: [String: any Sendable] = ["name": "m", "source": "s3://elsewhere/m"]
        let much = try await hostile.mlflow(
            "model-versions/create",
            version.merging(["tags": tags(0..<2001)]) { $1 }
        )
        #expect(much.isRefusal, "\(much.status) \(much.body)")
        let made = try await hostile.mlflow("model-versions/create", version)
        #expect(made.status == 200, "\(made.body)")
        for number in 0..<60 {
            answer = try await hostile.mlflow(
                "model-versions/set-tag",
                [
                    "name": "m", "version": "1", "key": "k\(number)",
                    "value": String(repeating: "v", count: 90_000),
                ]
            )
            guard answer.status == 200 else { break }
        }
        #expect(answer.status == 400, "\(answer.status)")
        #expect(answer.body.contains("4194304 bytes together"), "\(answer.body)")
    }

    @Test func `a page of what is long ends sooner, and the pages together have everything`()
        async throws
    {
        let hostile = try await HostileTenant("pages", shore)
        let count = 12
        for number in 0..<count {
            let run = try await hostile.makeRun()
            // 3.2 MB each: of five of them a page has more than it may.
            for part in 0..<4 {
                let tags = (0..<100).map { tag -> [String: any Sendable] in
                    ["key": "k\(part)-\(tag)", "value": String(repeating: "v", count: 8000)]
                }
                let logged = try await hostile.mlflow(
                    "runs/log-batch",
                    ["run_id": run, "tags": tags]
                )
                #expect(logged.status == 200, "\(number): \(logged.body)")
            }
        }
        var found: [String] = []
        var token = ""
        var pages = 0
        repeat {
            let page = try await hostile.mlflow(
                "runs/search",
                ["experiment_ids": ["0"], "max_results": 1000, "page_token": token]
            )
            #expect(page.body.utf8.count < 40_000_000)
            let runs = page.json["runs"] as? [[String: Any]] ?? []
            found += runs.compactMap { ($0["info"] as? [String: Any])?["run_id"] as? String }
            token = page.json["next_page_token"] as? String ?? ""
            pages += 1
        } while !token.isEmpty && pages < 20
        #expect(pages > 1)
        #expect(found.count == count && Set(found).count == count)
    }

    // MARK: Paths

    @Test(
        arguments: [
            "../x", "..", "a/../../b", "/etc/passwd", "..\\..\\x", "C:\\x", "%2e%2e/x",
            "%252e%252e/x",
            "a/%2e%2e/%2e%2e/b", "a\u{0}b", "file:///etc/passwd", "//host/share", "a//b", "./x",
            "a\r\nSet-Cookie: x=1", "%c0%ae%c0%ae/x", "a/\u{202E}gnp.exe",
        ]
    )
    func `a path in a field leads nowhere else`(_ path: String) async throws {
        let hostile = try await HostileTenant("p\(UInt32.random(in: 0...(.max)))", shore)
        let run = try await hostile.makeRun()
        let encoded = path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? path
        for query in [
            "/api/2.0/mlflow-artifacts/artifacts?path=\(encoded)",
            "/api/2.0/mlflow/artifacts/list?run_id=\(run)&path=\(encoded)",
        ] {
            let answer = try await hostile.call(query)
            #expect(answer.isRefusal || answer.json["files"] == nil, "\(query): \(answer.body)")
            #expect(answer.status < 500, "\(query): \(answer.body)")
        }
        // The source of a version, and where an experiment's files are to be.
        #expect(try await hostile.mlflow("registered-models/create", ["name": "m"]).status == 200)
        for source in [path, "mlflow-artifacts:/\(path)", "runs:/\(run)/\(path)"] {
            let answer = try await hostile.mlflow(
                "model-versions/create",
                ["name": "m", "source": source, "run_id": run]
            )
            #expect(answer.status < 500, "\(source): \(answer.body)")
            guard answer.status == 200 else { continue }
            // Where it was taken as it is, nothing of this server's is named by it.
            let files = try await shore.look(
                """
                SELECT count(*)::text AS value FROM hawser.model_version_files
                WHERE tenant_id = \(hostile.tenant.id.rawValue)
                """
            )
            #expect(files == ["0"], "\(source)")
        }
        let begun = try await hostile.call(
            "/api/2.0/mlflow-artifacts/mpu/create/1",
            "POST",
            String(
                decoding: try JSONSerialization.data(
                    withJSONObject: ["path": path, "num_parts": 1]
                ),
                as: UTF8.self
            ),
            ["Content-Type: application/json"]
        )
        // The last name of a path on the client's machine is its file's.
        #expect(begun.status == 200 || begun.isRefusal, "\(begun.body)")
        let paths = try await shore.look(
            """
            SELECT path AS value FROM hawser.artifact_uploads
            WHERE tenant_id = \(hostile.tenant.id.rawValue)
            """
        )
        for path in paths {
            #expect(path.hasPrefix("1/") && !path.contains("..") && !path.contains("\\"))
            #expect(path.split(separator: "/").count == 2, "\(path)")
        }
    }

    @Test func `a path has a length`() async throws {
        let hostile = try await HostileTenant("lengths", shore)
        for path in [
            String(repeating: "a", count: 256), String(repeating: "a/", count: 501) + "b",
            String(repeating: "%C3%A4", count: 200),
        ] {
            let answer = try await hostile.put(path, "x")
            #expect(answer.isRefusal, "\(path.prefix(20)): \(answer.status)")
        }
        #expect(try await hostile.put(String(repeating: "a", count: 255), "x").status == 200)
    }
}
