import CoreDeploy
import FleetDeploy
import FleetModel
import FleetProtocol

/// Deployments whose bytes nobody asks for.
struct NoSupply: ArtifactSupply {
    func offers(
        of tree: TreeDigest,
        holding bases: [TreeDigest],
        for tenant: TenantID
    ) async throws -> [ArtifactOffer] { [] }

    func read(
        _ content: [UInt8],
        from offset: UInt64,
        count: Int,
        for tenant: TenantID
    ) async throws -> [UInt8] { [] }
}
