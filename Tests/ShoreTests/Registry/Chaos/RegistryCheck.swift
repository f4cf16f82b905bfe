import CoreDomain
import Crypto
import FleetModel
import FleetTestSupport
import Foundation

/// Looks for what a registry must not have, in its database, on its disk and through its API.
struct RegistryCheck: Sendable {
    let shore: Shore
    let model: GatedModel

    /// The folder of the tenant's files.
    var home: String { "\(shore.data)/artifacts/\(model.tenant.id.rawValue)" }

    // MARK: Disk and database

    /// Files that no row tells of, rows without files, and sums that are wrong; in words.
    func dangling() async throws -> [String] {
        let known = Set(try await shore.look(Self.locations))
        var faults = try await shore.look(Self.wrong)
        var found: Set<String> = []
        for shard in TemporaryDirectory.names(in: home) {
            for name in TemporaryDirectory.names(in: "\(home)/\(shard)") {
                found.insert("\(shard)/\(name)")
            }
        }
        faults += found.subtracting(known).map { "\($0) is on the disk, and nobody's" }
        faults += known.subtracting(found).map { "\($0) is not on the disk" }
        return faults.sorted()
    }

    private static let locations = """
        SELECT location AS value FROM hawser.artifact_blobs
        UNION ALL
        SELECT location FROM hawser.artifact_parts
        """

    private static let wrong = """
        SELECT location || ' is held by nothing' AS value FROM hawser.artifact_blobs AS b
        WHERE NOT EXISTS (
                SELECT FROM hawser.artifact_files AS f
                WHERE f.tenant_id = b.tenant_id AND f.digest = b.digest
            ) AND NOT EXISTS (
                SELECT FROM hawser.model_version_files AS f
                WHERE f.tenant_id = b.tenant_id AND f.digest = b.digest
            )
        UNION ALL
        SELECT location || ' is damaged' FROM hawser.artifact_blobs WHERE is_damaged
        UNION ALL
        SELECT location || ' is garbage' FROM hawser.artifact_garbage
        UNION ALL
        SELECT upload_id || ' was never ended' FROM hawser.artifact_uploads
        UNION ALL
        SELECT 'version ' || version || ' has no manifest' FROM hawser.model_versions AS v
        WHERE NOT EXISTS (
            SELECT FROM hawser.version_manifests AS m
            WHERE m.tenant_id = v.tenant_id AND m.registered_model_id = v.registered_model_id
                AND m.version = v.version
        )
        UNION ALL
        SELECT 'the use is ' || u.bytes || ' and not ' || s.bytes
        FROM hawser.artifact_usage AS u, LATERAL (
            SELECT coalesce(sum(size), 0) AS bytes FROM (
                SELECT size FROM hawser.artifact_blobs AS b WHERE b.tenant_id = u.tenant_id
                UNION ALL
                SELECT size FROM hawser.artifact_parts AS p WHERE p.tenant_id = u.tenant_id
            ) AS stored
        ) AS s
        WHERE u.bytes <> s.bytes
        """

    /// Makes everything so old that it is due to be collected.
    func age() async throws {
        try await shore.plant(
            """
            UPDATE hawser.artifact_uploads SET started_at = started_at - interval '2 days';
            """
        )
        try await ageReleased()
    }

    /// As `age`, without what somebody may still be at.
    func ageReleased() async throws {
        try await shore.plant(
            """
            UPDATE hawser.artifact_blobs SET released_at = released_at - interval '2 hours'
            WHERE released_at IS NOT NULL;
            UPDATE hawser.artifact_garbage SET due_at = due_at - interval '2 days';
            UPDATE hawser.jobs SET due_at = due_at - interval '1 day', owner = NULL,
                leased_until = NULL
            WHERE kind = 'artifact-collection';
            """
        )
    }

    // MARK: Through the API

    /// What is not as it was acknowledged, and every file that is not what its row says; in words.
    func broken(_ acknowledged: RegistryLife.Acknowledged) async throws -> [String] {
        var faults = acknowledged.surprises
        for (path, possible) in acknowledged.files {
            let answer = try await download("\(Self.files)/\(path)")
            let content: String? = answer.status == 404 ? nil : answer.body
            if !possible.contains(content) {
                faults.append("\(path) is \(answer.status) \(answer.body.prefix(40))…")
            }
        }
        // Those that were never acknowledged too.
        for line in try await shore.look(Self.shown) {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            let answer = try await download("\(Self.files)/\(words[1])")
            if answer.status != 200 || Self.digest(answer.body) != words[0] {
                faults.append("\(words[1]) is not what its row says: \(answer.status)")
            }
        }
        let versions = Set(
            try await shore.look("SELECT version::text AS value FROM hawser.model_versions")
        )
        for (name, known) in [
            (model.name, acknowledged.versions), ("agent", acknowledged.bundles),
        ] {
            for (version, files) in known {
                faults += try await broken(name, version, files)
            }
        }
        if versions.isEmpty { faults.append("there are no versions") }
        let alias = try await model.on(shore).version(under: RegistryLife.alias) ?? 0
        if alias < acknowledged.alias {
            faults.append("the alias is at \(alias) and was at \(acknowledged.alias)")
        }
        let applied = Set(
            try await shore.look(
                "SELECT promotion_id::text AS value FROM hawser.promotions WHERE state = 'applied'"
            )
        )
        for promotion in acknowledged.promotions where !applied.contains("\(promotion)") {
            faults.append("promotion \(promotion) is lost")
        }
        return faults + (try await PromotionFaults.all(shore))
    }

    private static let files = "/api/2.0/mlflow-artifacts/artifacts"

    private static let shown = """
        SELECT encode(digest, 'hex') || ' ' || path AS value FROM hawser.artifact_files
        UNION
        SELECT encode(digest, 'hex') || ' ' || source_path FROM hawser.model_version_files
        """

    private func broken(
        _ name: String,
        _ version: Int,
        _ files: [String: String]
    ) async throws -> [String] {
        let answer = try await download("/api/v1/models/\(name)/versions/\(version)/manifest")
        guard let text = answer.json["manifest"] as? String,
            let manifest = try JSONSerialization.jsonObject(with: Data(text.utf8))
                as? [String: Any],
            let listed = manifest["files"] as? [[String: Any]]
        else { return ["version \(version) of \(name) is \(answer.status)"] }
        let digests = Dictionary(
            listed.compactMap { file in
                (file["path"] as? String).map { ($0, file["sha256"] as? String) }
            }
        ) { first, _ in first }
        return digests == files.mapValues { Self.digest($0) }
            ? [] : ["version \(version) of \(name) has other files"]
    }

    private func download(_ path: String) async throws -> APIResponse {
        try await shore.call(path, token: model.scientist)
    }

    private static func digest(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
