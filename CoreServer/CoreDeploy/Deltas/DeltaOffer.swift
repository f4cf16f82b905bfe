import FleetDeploy

/// A delta that ships can fetch.
package struct DeltaOffer: Sendable, Hashable {
    /// What a ship needs to hold; `nil` for nothing.
    package let base: TreeDigest?
    package let target: TreeDigest
    /// SHA-256 of the delta itself.
    package let digest: [UInt8]
    package let bytes: Int64
}
