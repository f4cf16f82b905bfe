import CoreDomain
import FleetRuntime

/// What administrators work with.
package struct AdministrationDesk: Sendable {
    let users: Users
    let bindings: Bindings
    let fleets: Fleets
    let policies: LabelPolicies
    let retentions: Retentions
    let requests: IdempotentRequests

    package init(
        users: Users,
        bindings: Bindings,
        fleets: Fleets,
        policies: LabelPolicies,
        retentions: Retentions,
        requests: IdempotentRequests
    ) {
        self.users = users
        self.bindings = bindings
        self.fleets = fleets
        self.policies = policies
        self.retentions = retentions
        self.requests = requests
    }

    func addEndpoints(
        _ tokens: AccessTokens,
        _ ships: Ships,
        _ tenants: Tenants,
        _ clock: WallClock,
        to api: inout EndpointRouter
    ) {
        UserRoutes(users: users, tenants: tenants, clock: clock).add(to: &api)
        BindingRoutes(bindings: bindings, clock: clock).add(to: &api)
        TokenRoutes(tokens: tokens, clock: clock).add(to: &api)
        FleetRoutes(fleets: fleets, ships: ships, clock: clock).add(to: &api)
        ShipRoutes(ships: ships, clock: clock).add(to: &api)
        TenantRoutes(tenants: tenants, retentions: retentions, policies: policies, clock: clock)
            .add(to: &api)
    }
}
