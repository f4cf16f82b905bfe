import FleetDeploy
import FleetModel
import FleetProtocol

/// Where the bytes of deployments come from.
package protocol ArtifactSupply: Sendable {
    /// What is built of a tree, for a ship that holds these.
    func offers(
        of tree: TreeDigest,
        holding bases: [TreeDigest],
        for tenant: TenantID
    ) async throws -> [ArtifactOffer]

    /// Fewer bytes than `count` come at the content's end only.
    func read(
        _ content: [UInt8],
        from offset: UInt64,
        count: Int,
        for tenant: TenantID
    ) async throws -> [UInt8]
}
