import CoreDeploy
import FleetDeploy
import FleetModel
import FleetProtocol

/// One content, of which there is as much as is asked for, for whichever tree is wanted.
struct PlainSupply: ArtifactSupply {
    static let content = [UInt8](repeating: 7, count: 32)

    let size: Int

    func offers(
        of tree: TreeDigest,
        holding bases: [TreeDigest],
        for tenant: TenantID
    ) async throws -> [ArtifactOffer] {
        [
            ArtifactOffer(content: Self.content, size: UInt64(size), tree: tree.bytes, bases: [])
        ].compactMap { $0 }
    }

    func read(
        _ content: [UInt8],
        from offset: UInt64,
        count: Int,
        for tenant: TenantID
    ) async throws -> [UInt8] {
        Array(repeating: 1, count: min(count, max(0, size - Int(offset))))
    }
}
