import FleetModel

/// A tenant's ships over a range of time, for a fleet manager.
package struct FleetReport: Sendable {
    package let tenant: String
    package let range: TimeRange
    package let generatedAt: Timestamp
    package let ships: [ShipReport]

    package init(tenant: String, range: TimeRange, generatedAt: Timestamp, ships: [ShipReport]) {
        self.tenant = tenant
        self.range = range
        self.generatedAt = generatedAt
        self.ships = ships
    }
}
