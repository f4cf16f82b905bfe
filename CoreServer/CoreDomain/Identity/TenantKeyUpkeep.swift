import FleetModel
import FleetRuntime

/// After a rotation: what is under older keys comes under the newest, tenant by tenant, while
/// everything stays readable.
package struct TenantKeyUpkeep: Sendable {
    private let tenants: Tenants
    private let vault: TenantVault
    private let authorities: TenantAuthorities
    private let clock: WallClock

    package init(
        tenants: Tenants,
        vault: TenantVault,
        authorities: TenantAuthorities,
        clock: WallClock
    ) {
        self.tenants = tenants
        self.vault = vault
        self.authorities = authorities
        self.clock = clock
    }

    package func run() async throws {
        for tenant in [.system] + (try await tenants.directory()) {
            try await vault.rewrap(tenant)
            try await authorities.reseal(tenant, at: clock.now())
        }
    }
}
