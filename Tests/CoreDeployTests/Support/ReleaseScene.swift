import CoreDeploy
import CoreDomain
import CorePostgres
import FleetDeploy
import FleetModel
import FleetProtocol
import FleetRuntime

/// Ships of a shore that come into contact, get their orders and tell what came of them.
struct ReleaseScene: Sendable {
    let shore: DeployShore
    private let key = DirectiveKey()

    init(_ shore: DeployShore) { self.shore = shore }

    static let slot: SlotName = {
        guard let slot = SlotName(DeployShore.slot) else { preconditionFailure("it is a slot") }
        return slot
    }()

    /// A gate that passes at the first success.
    static let eager: [String: JSONValue] = [
        "failure": .object([
            "minimum": .integer(1), "quorum": .decimal(0.5), "soak_seconds": .integer(0),
        ])
    ]

    func ship(_ number: Int64) -> ShipIdentity {
        ShipIdentity(tenant: shore.tenant, ship: ShipID(number))
    }

    /// One wave of these ships, started and open.
    func start(
        _ name: String,
        version: Int = 1,
        ships: [String],
        _ others: [String: JSONValue] = [:],
        after time: Duration = .zero
    ) async throws -> Deployment {
        let made = try await shore.deployments.plan(
            try DeployShore.request(
                version: version,
                name: name,
                targets: .object(["ships": .array(ships.map { .string($0) })]),
                waves: [.object(["name": .string("all")])],
                Self.eager.merging(others) { $1 }
            ),
            shore.planner(after: time)
        )
        _ = try await shore.deployments.start(made.id, shore.planner(after: time))
        try await step(after: time)
        return made
    }

    func step(after time: Duration = .zero) async throws {
        try await DeploymentSteps(
            pool: shore.pool,
            clock: WallClock { DeployShore.now + time },
            prepare: { _ in .ready }
        ).step(shore.tenant)
    }

    /// What a ship reads of what it is sent, having taken up to a counter.
    func contact(
        _ number: Int64,
        taken: UInt64,
        holding: [Holding] = [],
        after time: Duration = .zero,
        asking policyServer: PolicyServer? = nil
    ) async throws -> [Directive] {
        let ship = ship(number)
        let release = Release(
            pool: shore.pool,
            keys: DirectiveKeyring(key),
            supply: NoSupply(),
            clock: WallClock { DeployShore.now + time },
            policyServer: policyServer
        )
        let bytes = Holding.encoded(holding)
        let standing = OrderStanding(counter: taken, holdings: Holding.mark(of: bytes))
        if try await release.greeted(ship, standing) {
            try await release.told(holdings: bytes, by: ship)
        }
        return try await release.directives(for: ship).map { bytes in
            try SignedDirective(bytes: bytes).verified(
                for: ship,
                trusting: [key.publicKey],
                above: taken,
                at: DeployShore.now + time
            )
        }
    }

    /// A ship's steps on the way of an order, each told.
    func tell(
        _ number: Int64,
        _ states: [ShipDeploymentState],
        of deployment: Deployment,
        by activation: UInt64,
        running: TreeDigest?,
        after time: Duration = .zero
    ) async throws {
        guard let tree = TreeDigest(text: deployment.digest) else {
            throw DomainError(.invalid, "\(deployment.digest) is no digest")
        }
        try await tell(
            number,
            states.map { state in
                Outcome(
                    slot: Self.slot,
                    deployment: UInt64(deployment.id),
                    activation: activation,
                    digest: tree,
                    running: running,
                    state: state
                ).event(at: DeployShore.now + time)
            },
            after: time
        )
    }

    func tell(_ number: Int64, _ events: [FleetEvent], after time: Duration = .zero) async throws {
        let ship = ship(number)
        try await shore.pool.transaction(tenant: shore.tenant) { connection in
            try OutcomeBook().stored(events, of: ship, at: DeployShore.now + time, in: connection)
        }
    }

    func states(_ deployment: Deployment) async throws -> [String: String] {
        let page = try await shore.deployments.ships(
            deployment.id,
            of: shore.tenant,
            wave: 0,
            state: "",
            after: nil,
            limit: 100
        )
        return Dictionary(uniqueKeysWithValues: page.items.map { ($0.ship, $0.state) })
    }

    func reason(_ ship: String, in deployment: Deployment) async throws -> String? {
        let page = try await shore.deployments.ships(
            deployment.id,
            of: shore.tenant,
            wave: 0,
            state: "",
            after: nil,
            limit: 100
        )
        return page.items.first { $0.ship == ship }?.reason
    }
}
