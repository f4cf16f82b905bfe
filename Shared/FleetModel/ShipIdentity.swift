/// Which ship of which tenant: what a ship's certificate names, and what every row ashore hangs on.
package struct ShipIdentity: Hashable, Sendable, CustomStringConvertible {
    package let tenant: TenantID
    package let ship: ShipID

    package init(tenant: TenantID, ship: ShipID) {
        self.tenant = tenant
        self.ship = ship
    }

    /// The URI that a ship's certificate carries: `urn:hawser:tenant:7:ship:42`.
    package var uri: String { "urn:hawser:tenant:\(tenant):ship:\(ship)" }

    package var description: String { uri }

    /// Reads the URI of a certificate; `nil` for anything but the exact form that `uri` writes.
    package init?(uri: String) {
        let parts = uri.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "urn", parts[1] == "hawser", parts[2] == "tenant",
            parts[4] == "ship", let tenant = Int64(parts[3]), let ship = Int64(parts[5])
        else { return nil }
        self.init(tenant: TenantID(tenant), ship: ShipID(ship))
        guard self.uri == uri else { return nil }
    }
}
