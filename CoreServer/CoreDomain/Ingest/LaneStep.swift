import FleetModel

/// How far one transaction moves one lane.
struct LaneStep: Sendable {
    var next: UInt64
    var chain: ChainDigest
    var records: Int64 = 0
    var bytes: Int64 = 0
    var quarantined: Int64 = 0
}
