import CoreDomain
import FleetDeploy
import FleetModel

/// What a plan goes by of one ship.
struct PlanShip: Sendable {
    let id: ShipID
    let name: String
    let labels: ShipLabels
    let shipClass: String
    let owner: String
    let bearers: [Bearer]
    /// What it runs in the slot, as far as it has said.
    var current: TreeDigest?
    /// All trees that it holds, in whatever slot.
    var held: Set<TreeDigest> = []
    /// Bytes of deltas that are partly there, by the deltas' own digests.
    var partial: [TreeDigest: Int64] = [:]
    var link = LinkHistory()

    /// Of a limit's dimension; a label that it does not have is a value too.
    func value(of dimension: String) -> String {
        switch dimension {
        case "class": shipClass
        case "owner": owner
        default: labels.values[String(dimension.dropFirst("label:".count))] ?? ""
        }
    }
}
