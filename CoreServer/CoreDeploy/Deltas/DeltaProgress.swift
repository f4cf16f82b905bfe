import FleetDeploy

/// One delta on its way.
package struct DeltaProgress: Sendable, Hashable {
    /// `nil` for the whole tree.
    package let base: TreeDigest?
    package let state: DeltaState
    package let bytes: Int64?
    /// Of a failed one: why, for people.
    package let reason: String
}
