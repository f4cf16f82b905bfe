import FleetDeploy

/// A delta that this process has begun.
struct DeltaWork: Sendable {
    let target: TreeDigest
    let base: TreeDigest
    /// Of the beginnings of this delta: who finishes an earlier one comes too late.
    let turn: Int64
}
