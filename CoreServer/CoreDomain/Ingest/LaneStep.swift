import FleetModel

/// How far one transaction moves one lane.
struct LaneStep: Sendable {
    var next: UInt64
    var chain: ChainDigest
    var records: Int64 = 0
    var bytes: Int64 = 0
    var quarantined: Int64 = 0
    /// Of those: kept out by a limit of the tenant.
    var refused: Int64 = 0
}
