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
        do {
            let tree = try VersionTree(rows)
            try tree.requireSize()
            return DeployedVersion(
                model: try first.int64("registered_model_id"),
                digest: tree.digest,
                size: tree.bytes
            )
        } catch let error as DeltaError {
            throw DomainError(
                .unprocessable,
                "version \(version) of \(name) can't be brought aboard: \(error)"
            )
        }
    }
}
