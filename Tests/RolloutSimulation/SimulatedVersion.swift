import FleetDeploy

/// A version by its number.
package struct SimulatedVersion: Sendable {
    package let number: UInt8
    package let digest: TreeDigest

    package init(_ number: UInt8) {
        self.number = number
        guard
            let digest = TreeDigest([UInt8](repeating: number, count: TreeDigest.size))
        else { preconditionFailure("a digest of its own size") }
        self.digest = digest
    }
}
