import FleetModel

/// A shipping company on this shore.
package struct Tenant: Sendable, Equatable {
    package let id: TenantID
    package let name: String
}
