import CorePostgres
import FleetModel

/// A change by somebody who was let in: who, why and when.
package struct Act: Sendable {
    package let caller: Principal
    package let change: Change
    package let now: Timestamp

    package init(by caller: Principal, for change: Change, at now: Timestamp) {
        self.caller = caller
        self.change = change
        self.now = now
    }

    package var tenant: TenantID { caller.tenant }

    package func trail(_ connection: PostgresConnection) -> AuditTrail {
        AuditTrail(tenant: tenant, change: change, now: now, connection: connection)
    }
}
