import CoreDomain
import CorePostgres
import FleetDelta
import FleetDeploy
import FleetModel

/// A version of a model or a bundle, as the tree that ships get.
package struct DeployedVersion: Sendable {
    package let model: Int64
    package let digest: TreeDigest
    /// Bytes of all files.
    package let size: Int64

    /// Whoever may read a file of a version may: there are no other modes in the registry.
    private static let mode: UInt16 = 0o644

    /// - Throws: `DomainError` `unprocessable` where there is none that can be deployed.
    static func find(
        _ name: String,
        _ version: Int64,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> DeployedVersion {
        let rows = try connection.execute(
            PlanQueries.files,
            .int64(tenant.rawValue),
            .text(name),
            .int64(version)
        )
        guard let first = rows.first else {
            throw DomainError(
                .unprocessable,
                "there is no version \(version) of \(name) with files that are in this store"
            )
        }
        var size: Int64 = 0
        var entries: [ArtifactEntry] = []
        for row in rows {
            let bytes = try row.int64("size")
            size += bytes
            entries.append(
                ArtifactEntry(
                    path: try row.text("path"),
                    size: Int(bytes),
                    mode: Self.mode,
                    digest: try row.bytes("digest")
                )
            )
        }
        do {
            guard let digest = TreeDigest(try ArtifactTree(entries).digest) else {
                throw DomainError(.unprocessable, "version \(version) of \(name) has no digest")
            }
            return DeployedVersion(
                model: try first.int64("registered_model_id"),
                digest: digest,
                size: size
            )
        } catch let error as DeltaError {
            throw DomainError(
                .unprocessable,
                "version \(version) of \(name) can't be brought aboard: \(error)"
            )
        }
    }
}
