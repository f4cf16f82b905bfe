import FleetModel

extension LabelSet {
    static let shipLabel = "ship"
    static let shipIDLabel = "ship_id"

    /// With the labels that say whose series it is: `ship`, its name, and `ship_id`, its number.
    ///
    /// The ship proved who it is, so these stand, and what it sent under the same names is moved to
    /// `exported_ship` and `exported_ship_id`, as Prometheus does with a target's own labels.
    func of(_ ship: Ship) -> LabelSet {
        let own = [
            Label(Self.shipLabel, ship.name), Label(Self.shipIDLabel, "\(ship.identity.ship)"),
        ]
        let moved = labels.map { label in
            own.contains { $0.name == label.name && $0 != label }
                ? Label("exported_" + label.name, label.value) : label
        }
        return LabelSet(moved + own)
    }
}
