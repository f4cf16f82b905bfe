import FleetModel

/// A shipping company on this shore.
package struct Tenant: Sendable, Equatable {
    package let id: TenantID
    package let name: String

    package init(id: TenantID, name: String) {
        self.id = id
        self.name = name
    }
}
