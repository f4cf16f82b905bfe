import FleetModel
import Synchronization

/// Places for files that go up or down: each holds memory and an open file while it goes.
package final class TransferSlots: Sendable {
    /// A place; given back when nobody holds it any more, however that comes about.
    package final class Slot: Sendable {
        private let slots: TransferSlots
        private let tenant: TenantID

        fileprivate init(_ slots: TransferSlots, _ tenant: TenantID) {
            self.slots = slots
            self.tenant = tenant
        }

        deinit { slots.leave(tenant) }
    }

    private let limit: Int
    private let limitPerTenant: Int
    private let taken = Mutex<[TenantID: Int]>([:])

    init(
        limit: Int = ArtifactLimits.transfers,
        perTenant: Int = ArtifactLimits.transfersPerTenant
    ) {
        self.limit = limit
        limitPerTenant = perTenant
    }

    /// Without waiting: who comes again has lost nothing, while who waits with a body holds its
    /// connection.
    ///
    /// - Throws: `RegistryError` `exhausted`.
    func take(for tenant: TenantID) throws(RegistryError) -> Slot {
        let isFree = taken.withLock { taken in
            let own = taken[tenant] ?? 0
            guard own < limitPerTenant, taken.values.reduce(0, +) < limit else { return false }
            taken[tenant] = own + 1
            return true
        }
        guard isFree else {
            throw RegistryError(
                .exhausted,
                "too many artifacts are going up and down at once; try again in a moment"
            )
        }
        return Slot(self, tenant)
    }

    private func leave(_ tenant: TenantID) {
        taken.withLock { taken in
            let left = (taken[tenant] ?? 1) - 1
            taken[tenant] = left > 0 ? left : nil
        }
    }
}
