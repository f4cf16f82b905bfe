import FleetTestSupport
import Foundation
import Synchronization

/// What a registry's clients do all day, over servers that come and go, and what of it was acknowledged.
final class RegistryLife: Sendable {
    /// What must be so from now on.
    struct Acknowledged {
        /// By path, what may be there: one thing, or more where an answer never came. nil is none.
        var files: [String: Set<String?>] = [:]
        /// By version of the model, its files by their paths.
        var versions: [Int: [String: String]] = [:]
        var bundles: [Int: [String: String]] = [:]
        /// The newest version that the alias was set to.
        var alias = 0
        var promotions: Set<Int> = []
        /// Versions whose promotion was asked for, each once: one that is there already moves nothing.
        var asked: Set<Int> = []
        /// Answers that no interruption explains.
        var surprises: [String] = []
        /// How often what was acknowledged.
        var counts: [String: Int] = [:]
    }

    static let alias = "live"
    /// What several upload: stored once.
    private static let shared = (0..<3).map { String(repeating: "shared \($0) ", count: 4000) }

    private let model: GatedModel
    private let seed: UInt64
    private let server = Mutex<Shore?>(nil)
    private let state = Mutex(Acknowledged())

    init(_ model: GatedModel, seed: UInt64) {
        self.model = model
        self.seed = seed
    }

    var acknowledged: Acknowledged { state.withLock { $0 } }

    /// From now on requests go there; nil for nowhere.
    func go(to shore: Shore?) { server.withLock { $0 = shore } }

    /// Until it is cancelled.
    func run() async {
        let kinds: [@Sendable (RegistryLife, Int, inout SeededGenerator) async throws -> Void] = [
            { try await $0.changeFile(worker: $1, &$2) },
            { try await $0.changeFile(worker: $1, &$2) },
            { try await $0.uploadInParts(worker: $1, &$2) },
            { try await $0.register(worker: $1, &$2) },
            { try await $0.promote(worker: $1, &$2) },
            { try await $0.bundle(worker: $1, &$2) },
        ]
        await withTaskGroup(of: Void.self) { group in
            for (worker, kind) in kinds.enumerated() {
                group.addTask { [self] in
                    var random = SeededGenerator.derived(seed: seed, ordinal: worker)
                    while !Task.isCancelled {
                        do {
                            try await kind(self, worker, &random)
                        } catch is Unanswered {
                            try? await Task.sleep(for: .milliseconds(20))
                        } catch {
                            note("\(error)")
                        }
                    }
                }
            }
        }
    }

    // MARK: What they do

    private func changeFile(worker: Int, _ random: inout SeededGenerator) async throws {
        let path = "1/files/\(worker)/\(Int.random(in: 0..<12, using: &random))"
        let content: String? = random.chance(0.2) ? nil : Self.content(&random)
        try await change(path, to: content) {
            _ = try await self.send(
                "/api/2.0/mlflow-artifacts/artifacts/\(path)",
                content == nil ? "DELETE" : "PUT",
                content
            )
        }
        count(content == nil ? "deletion" : "upload")
    }

    private func uploadInParts(worker: Int, _ random: inout SeededGenerator) async throws {
        let (folder, name) = ("1/parts", "\(Int.random(in: 0..<6, using: &random))")
        let parts = (0..<Int.random(in: 1...4, using: &random)).map { _ in Self.content(&random) }
        let root = "/api/2.0/mlflow-artifacts/mpu"
        let begun = try await send(
            "\(root)/create/\(folder)",
            "POST",
            json: ["path": name, "num_parts": parts.count]
        )
        let id = begun.json["upload_id"] as? String ?? ""
        let places = (begun.json["credentials"] as? [[String: Any]] ?? []).compactMap { part in
            (part["url"] as? String)?.components(separatedBy: "/api/").last.map { "/api/" + $0 }
        }
        // Some begin and never end.
        if random.chance(0.15) { return }
        var tags: [[String: any Sendable]] = []
        for (number, (place, part)) in zip(places, parts).enumerated() {
            let answer = try await send(place, "PUT", part)
            tags.append(["part_number": number + 1, "etag": answer["etag"] ?? ""])
        }
        let isAborted = random.chance(0.15)
        let end: [String: any Sendable] = ["upload_id": id, "path": name, "parts": tags]
        if isAborted {
            _ = try await send("\(root)/abort/\(folder)", "POST", json: end)
        } else {
            try await change("\(folder)/\(name)", to: parts.joined()) {
                _ = try await self.send("\(root)/complete/\(folder)", "POST", json: end)
            }
            count("upload in parts")
        }
    }

    private func register(worker: Int, _ random: inout SeededGenerator) async throws {
        let made = try await send(
            "/api/2.0/mlflow/runs/create",
            "POST",
            json: ["experiment_id": "0"]
        )
        let info = (made.json["run"] as? [String: Any])?["info"] as? [String: Any]
        let run = info?["run_id"] as? String ?? ""
        var files: [String: String] = [:]
        for name in ["weights", "conf/a", "conf/b"] {
            let content = Self.content(&random)
            files[name] = content
            _ = try await send(
                "/api/2.0/mlflow-artifacts/artifacts/0/\(run)/artifacts/model/\(name)",
                "PUT",
                content
            )
        }
        let answer = try await send(
            "/api/2.0/mlflow/model-versions/create",
            "POST",
            json: [
                "name": model.name, "run_id": run,
                "source": "mlflow-artifacts:/0/\(run)/artifacts/model",
            ]
        )
        let text = (answer.json["model_version"] as? [String: Any])?["version"] as? String
        let version = text.flatMap { Int($0) } ?? 0
        state.withLock { $0.versions[version] = files }
        count("version")
        _ = try await send(
            "/api/2.0/mlflow/registered-models/alias",
            "POST",
            json: ["name": model.name, "alias": Self.alias, "version": "\(version)"]
        )
        state.withLock { $0.alias = version }
        count("alias")
    }

    private func promote(worker: Int, _ random: inout SeededGenerator) async throws {
        let known = acknowledged
        let versions = known.versions.keys.filter { !known.asked.contains($0) }
        guard let version = versions.randomElement(using: &random) else { throw Unanswered() }
        state.withLock { _ = $0.asked.insert(version) }
        let answer = try await send(
            "/api/v1/promotions",
            "POST",
            json: ["model": model.name, "version": version, "target": "champion"]
        )
        let id = answer.json["id"] as? Int ?? 0
        state.withLock { _ = $0.promotions.insert(id) }
        count("promotion")
    }

    private func bundle(worker: Int, _ random: inout SeededGenerator) async throws {
        let folder = "bundles/\(random.next())"
        var files: [String: String] = [:]
        for name in ["agent.yaml", "rules/a.yaml"] {
            let content = Self.content(&random)
            files[name] = content
            _ = try await send(
                "/api/2.0/mlflow-artifacts/artifacts/\(folder)/\(name)",
                "PUT",
                content
            )
        }
        let made = try await send(
            "/api/v1/bundles/agent/versions",
            "POST",
            json: ["source": "mlflow-artifacts:/\(folder)"]
        )
        let version = made.json["version"] as? Int ?? 0
        state.withLock { $0.bundles[version] = files }
        count("bundle")
    }

    // MARK: How

    /// No answer came, or one that says that nothing is known.
    private struct Unanswered: Error {}

    private static func content(_ random: inout SeededGenerator) -> String {
        if random.chance(0.3) { return shared[Int.random(in: 0..<3, using: &random)] }
        let size = random.chance(0.5) ? 40 : Int.random(in: 40...150_000, using: &random)
        return "\(random.next()) " + String(repeating: "x", count: size)
    }

    /// While it is not answered both may be there.
    private func change(
        _ path: String,
        to content: String?,
        _ send: () async throws -> Void
    ) async throws {
        state.withLock { _ = $0.files[path, default: [nil]].insert(content) }
        try await send()
        state.withLock { $0.files[path] = [content] }
    }

    private func send(
        _ path: String,
        _ method: String,
        json: [String: any Sendable]
    ) async throws -> APIResponse {
        let body = try JSONSerialization.data(withJSONObject: json)
        return try await send(
            path,
            method,
            String(decoding: body, as: UTF8.self),
            ["Content-Type: application/json"]
        )
    }

    private func send(
        _ path: String,
        _ method: String,
        _ body: String?,
        _ headers: [String] = []
    ) async throws -> APIResponse {
        guard let shore = server.withLock({ $0 }),
            let answer = try? await shore.call(
                path,
                method: method,
                token: model.scientist,
                headers: headers,
                body: body
            )
        else { throw Unanswered() }
        if (200..<300).contains(answer.status) { return answer }
        // Too many requests, or none of the server's doing.
        if answer.status != 429, answer.status < 500 {
            note("\(method) \(path.prefix(80)): \(answer.status) \(answer.body)")
        }
        throw Unanswered()
    }

    private func note(_ surprise: String) {
        state.withLock { $0.surprises.append(surprise) }
    }

    private func count(_ kind: String) { state.withLock { $0.counts[kind, default: 0] += 1 } }
}
