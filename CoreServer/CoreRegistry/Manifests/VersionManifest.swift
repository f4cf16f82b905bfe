import CoreDomain
import CorePostgres
import Crypto
import FleetIdentity
import FleetModel
import FoundationEssentials

/// What a version consists of, where it comes from and what it needs: JSON that is signed byte for byte,
/// so that whoever has the release key's public part can tell that nothing was put in its place.
package struct VersionManifest: Sendable {
    /// One file of the version.
    struct File: Codable {
        /// Below the version's root.
        let path: String
        /// SHA-256, in hexadecimal digits.
        let sha256: String
        let size: Int64
    }

    /// A data set that its run read.
    struct Data: Codable {
        let name: String
        let digest: String
        let context: String?
    }

    struct Lineage: Codable {
        var run_id: String?
        var model_id: String?
        var datasets: [Data] = []
        /// `NAME/VERSION` that it was made from.
        var parent: String?
    }

    /// What it needs aboard, from the version's tags `hawser.requires.*`.
    struct Requirements: Codable {
        var memory_bytes: Int64?
        var runtime: String?
    }

    private struct Body: Codable {
        let tenant: String
        let model: String
        let version: Int64
        let files: [File]
        let lineage: Lineage
        let requires: Requirements
        let created_at: String
    }

    /// More files than this no version has.
    static let fileLimit = 100_000

    /// As it was signed.
    package let body: String
    /// SHA-256 of the body, in hexadecimal digits.
    package let digest: String
    /// Ed25519 of `message(digest)`.
    package let signature: [UInt8]
    /// The release key's id.
    package let keyID: String
    package let signedAt: String

    /// What is signed: one line that can be of nothing else.
    package static func message(_ digest: String) -> [UInt8] {
        Array("hawser model version manifest sha256:\(digest)\n".utf8)
    }

    init(_ row: PostgresRow) throws {
        body = try row.text("body")
        digest = Hexadecimal.text(try row.bytes("digest"))
        signature = try row.bytes("signature")
        keyID = try row.text("key_id")
        signedAt = "\(try row.timestamp("signed_at"))"
    }

    static func find(
        _ version: ModelVersion,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> VersionManifest? {
        try connection.execute(
            ManifestQueries.find,
            .int64(tenant.rawValue),
            .int64(version.modelNumber),
            .int64(version.version)
        ).first.map(VersionManifest.init)
    }

    /// What a version was made of, path and content.
    static func files(
        of version: ModelVersion,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [(path: String, digest: [UInt8], size: Int64)] {
        try connection.execute(
            ManifestQueries.files,
            .int64(tenant.rawValue),
            .int64(version.modelNumber),
            .int64(version.version)
        ).map { row in
            (try row.text("path"), try row.bytes("digest"), try row.int64("size"))
        }
    }

    /// Takes down the files that are under the version's root now, and signs them. A version whose files
    /// are in another store, or that has none, gets no manifest.
    @discardableResult
    static func make(
        _ version: ModelVersion,
        key: ReleaseKey,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws -> VersionManifest? {
        guard version.storageLocation.hasPrefix("mlflow-artifacts:") else { return nil }
        let root = ModelSource.path(of: version.storageLocation)
        guard !root.isEmpty else { return nil }
        let count = try connection.executeCount(
            ManifestQueries.takeFiles,
            values: [
                .int64(act.tenant.rawValue), .int64(version.modelNumber),
                .int64(version.version), .text(root), .text(root + "/"), .text(root + "0"),
                .int64(Int64(fileLimit) + 1),
            ]
        )
        guard count > 0 else { return nil }
        guard count <= fileLimit else {
            throw RegistryError.invalid("a version has at most \(fileLimit) files")
        }
        let files = try connection.execute(
            ManifestQueries.files,
            .int64(act.tenant.rawValue),
            .int64(version.modelNumber),
            .int64(version.version)
        ).map { row in
            File(
                path: try row.text("path"),
                sha256: Hexadecimal.text(try row.bytes("digest")),
                size: try row.int64("size")
            )
        }
        let body = Body(
            tenant: "\(act.tenant)",
            model: version.name,
            version: version.version,
            files: files,
            lineage: try lineage(of: version, act.tenant, connection),
            requires: requirements(of: version),
            created_at: "\(act.now)"
        )
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(body), as: UTF8.self)
        let digest = Array(SHA256.hash(data: Array(text.utf8)))
        let row = try connection.execute(
            ManifestQueries.insert,
            values: [
                .int64(act.tenant.rawValue), .int64(version.modelNumber),
                .int64(version.version), .text(text), .bytes(digest),
                .bytes(try key.sign(message(Hexadecimal.text(digest)))), .text(key.id),
                .timestamp(act.now),
            ]
        ).first
        return try row.map(VersionManifest.init)
    }

    private static func lineage(
        of version: ModelVersion,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> Lineage {
        var lineage = Lineage()
        if !version.modelID.isEmpty { lineage.model_id = version.modelID }
        lineage.parent = version.tags.first { $0.key == "hawser.parent" }?.value
        if lineage.parent == nil, version.source.hasPrefix("models:/"), version.modelID.isEmpty {
            lineage.parent = String(version.source.dropFirst("models:/".count))
        }
        guard !version.runID.isEmpty else { return lineage }
        lineage.run_id = version.runID
        lineage.datasets = try Runs.datasets(of: version.runID, tenant, connection).map {
            Data(name: $0.name, digest: $0.digest, context: $0.context)
        }
        return lineage
    }

    private static func requirements(of version: ModelVersion) -> Requirements {
        var needs = Requirements()
        for tag in version.tags {
            switch tag.key {
            case "hawser.requires.memory_bytes": needs.memory_bytes = Int64(tag.value)
            case "hawser.requires.runtime": needs.runtime = tag.value
            default: break
            }
        }
        return needs
    }
}
