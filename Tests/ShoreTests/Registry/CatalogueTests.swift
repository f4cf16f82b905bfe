import CoreDomain
import FleetTestSupport
import Foundation
import Testing

/// Models, their versions and aliases, to look through by `/api/v1`.
@Suite(.shore, .timeLimit(.minutes(10)))
struct CatalogueTests {
    private let shore: Shore

    init() throws { shore = try Shore.current() }

    private func items(_ path: String, _ token: String) async throws -> [[String: Any]] {
        var items: [[String: Any]] = []
        var cursor = ""
        while true {
            let page = try await shore.call("/api/v1/\(path)limit=2\(cursor)", token: token)
            items += try #require(page.json["items"] as? [[String: Any]], "\(page.body)")
            guard let next = page.json["next"] as? String else { return items }
            let encoded = try #require(
                next.addingPercentEncoding(withAllowedCharacters: .alphanumerics)
            )
            cursor = "&cursor=\(encoded)"
        }
    }

    @Test func `models are listed by name in pages, and by prefix, kind and alias`() async throws {
        let model = try await GatedModel.make(shore, "catalogue")
        let other = try await GatedModel.make(shore, "neighbour")
        for name in ["fraud-b", "fraud a", "pumps%", "ünï"] { try await model.make(name) }
        let prompt: [String: any Sendable] = [
            "name": "prompt", "tags": [["key": "mlflow.prompt.is_prompt", "value": "true"]],
        ]
        #expect(try await model.mlflow("registered-models/create", prompt).status == 200)
        let bundle = try await shore.call(
            "/api/v1/bundles",
            method: "POST",
            token: model.scientist,
            headers: ["Content-Type: application/json"],
            body: #"{"name": "agent"}"#
        )
        #expect(bundle.status == 201)
        let version = try await model.version()
        #expect(try await model.setAlias("champion", version).status == 200)
        func names(_ query: String) async throws -> [String] {
            try await items("models?\(query)", model.scientist).compactMap { $0["name"] as? String }
        }
        let all = try await names("")
        #expect(Set(all) == ["agent", "fraud", "fraud a", "fraud-b", "prompt", "pumps%", "ünï"])
        #expect(all.count == 7)
        #expect(Set(try await names("prefix=fraud&")) == ["fraud", "fraud a", "fraud-b"])
        #expect(try await names("prefix=%25&").isEmpty, "no pattern")
        #expect(try await names("kind=bundle&") == ["agent"])
        #expect(try await names("kind=prompt&") == ["prompt"])
        #expect(try await names("alias=champion&") == ["fraud"])
        let wrong = try await shore.call("/api/v1/models?kind=ship", token: model.scientist)
        #expect(wrong.status == 400)
        #expect(try await items("models?", other.scientist).count == 1)
        let foreign = try await shore.call("/api/v1/models/%C3%BCn%C3%AF", token: other.scientist)
        #expect(foreign.status == 404)
    }

    @Test func `a model shows its aliases and stages, and its ETag is another with any of them`()
        async throws
    {
        let model = try await GatedModel.make(shore, "shown")
        let (first, second) = (
            try await model.version(tags: ["owner": "ada"]), try await model.version()
        )
        var tags: Set<String> = []
        func look(_ path: String = "") async throws -> [String: Any] {
            let answer = try await shore.call("/api/v1/models/fraud\(path)", token: model.scientist)
            #expect(answer.status == 200, "\(answer.body)")
            let tag = try #require(answer["etag"])
            #expect(tags.insert("\(path) \(tag)").inserted, "\(tag)")
            let again = try await shore.call("/api/v1/models/fraud\(path)", token: model.scientist)
            #expect(again["etag"] == tag)
            return answer.json
        }
        #expect(try await look()["last_version"] as? Int == 2)
        #expect(try await model.setAlias("champion", first).status == 200)
        #expect(try await look()["aliases"] as? [String: Int] == ["champion": first])
        let moved = try await model.mlflow(
            "model-versions/transition-stage",
            ["name": "fraud", "version": "\(second)", "stage": "Production"]
        )
        #expect(moved.status == 200)
        #expect(try await look()["stages"] as? [String: Int] == ["Production": second])
        let tagged = try await model.mlflow(
            "registered-models/set-tag",
            ["name": "fraud", "key": "aB_c", "value": "v"]
        )
        #expect(tagged.status == 200)
        #expect(try await look()["tags"] as? [String: String] == ["aB_c": "v"])
        let shown = try await look("/versions/\(first)")
        #expect(shown["aliases"] as? [String] == ["champion"])
        #expect(shown["tags"] as? [String: String] == ["owner": "ada"])
        #expect(shown["run_id"] is String && shown["version"] as? Int == first)
        let set = try await model.mlflow(
            "model-versions/set-tag",
            ["name": "fraud", "version": "\(first)", "key": "k", "value": "v"]
        )
        #expect(set.status == 200)
        _ = try await look("/versions/\(first)")
    }

    @Test func `versions come the newest first, aliases with the gates before them`() async throws {
        let model = try await GatedModel.make(shore, "versions")
        for _ in 0..<5 { try await model.version() }
        func numbers(_ query: String) async throws -> [Int] {
            try await items("models/fraud/versions?\(query)", model.scientist)
                .compactMap { $0["version"] as? Int }
        }
        #expect(try await numbers("") == [5, 4, 3, 2, 1])
        let moved = try await model.mlflow(
            "model-versions/transition-stage",
            ["name": "fraud", "version": "2", "stage": "Staging"]
        )
        #expect(moved.status == 200)
        #expect(try await numbers("stage=Staging&") == [2])
        #expect(try await numbers("stage=None&") == [5, 4, 3, 1])
        for (alias, version) in [("b", 1), ("a", 2), ("c", 1)] {
            #expect(try await model.setAlias(alias, version).status == 200)
        }
        try await model.gate("all", before: "b", model: "*")
        try await model.gate("one", before: "b")
        try await model.gate("elsewhere", before: "b", model: "other")
        let aliases = try await items("models/fraud/aliases?", model.scientist)
        #expect(aliases.compactMap { $0["alias"] as? String } == ["a", "b", "c"])
        #expect(aliases.compactMap { $0["version"] as? Int } == [2, 1, 1])
        #expect(aliases[1]["gates"] as? [String] == ["all", "one"])
        for path in [
            "none", "none/versions", "none/versions/1", "none/aliases", "fraud/versions/9",
        ] {
            let missing = try await shore.call("/api/v1/models/\(path)", token: model.scientist)
            #expect(missing.status == 404, "\(path)")
        }
    }
}
