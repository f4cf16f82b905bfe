import FleetModel

/// A ship of a tenant.
package struct Ship: Sendable, Equatable {
    package let identity: ShipIdentity
    package let name: String
    package let isRevoked: Bool
    package let labels: ShipLabels
}
