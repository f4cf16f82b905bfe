import CoreDeploy
import CoreDomain
import CorePostgres
import Crypto
import FleetDeploy
import FleetModel
import FleetProtocol
import FleetRuntime
import Testing

/// What ships are given at a contact, and what they tell.
@Suite(.timeLimit(.minutes(10)))
struct ReleaseTests {
    private let key = DirectiveKey()

    private func release(_ shore: DeployShore, after time: Duration = .zero) -> Release {
        Release(
            pool: shore.pool,
            keys: DirectiveKeyring(key),
            supply: NoSupply(),
            clock: WallClock { DeployShore.now + time }
        )
    }

    private func ship(_ number: Int64, _ shore: DeployShore) -> ShipIdentity {
        ShipIdentity(tenant: shore.tenant, ship: ShipID(number))
    }

    private func steps(_ shore: DeployShore, after time: Duration = .zero) -> DeploymentSteps {
        DeploymentSteps(
            pool: shore.pool,
            clock: WallClock { DeployShore.now + time },
            prepare: { _ in .ready }
        )
    }

    /// Started, its first wave open.
    private func running(
        _ shore: DeployShore,
        _ others: [String: JSONValue] = [:]
    ) async throws -> Deployment {
        try await shore.addShips(4)
        try await shore.addVersion(1)
        let failure: [String: JSONValue] = [
            "failure": .object([
                "minimum": .integer(1), "quorum": .decimal(0.5), "soak_seconds": .integer(0),
            ])
        ]
        let made = try await shore.deployments.plan(
            try DeployShore.request(
                waves: [
                    .object(["name": .string("canary"), "ships": .array([.string("s001")])]),
                    .object(["name": .string("rest")]),
                ],
                failure.merging(others) { $1 }
            ),
            shore.planner()
        )
        _ = try await shore.deployments.start(made.id, shore.planner())
        try await steps(shore).step(shore.tenant)
        return made
    }

    /// What a ship reads of what it is sent, having taken up to a counter.
    private func contact(
        _ ship: ShipIdentity,
        taken: UInt64,
        holding: [Holding] = [],
        _ release: Release
    ) async throws -> [Directive] {
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
                at: DeployShore.now
            )
        }
    }

    @Test func `a ship of an open wave gets the order, one of a later wave none`() async throws {
        try await DeployShore.lend { shore in
            let made = try await running(shore)
            let release = release(shore)
            let orders = try await contact(ship(1, shore), taken: 0, release)
            #expect(orders.map(\.counter) == [1, 2])
            guard case .trust(let first) = orders[0].order,
                case .install(let installation) = orders[1].order
            else {
                Issue.record("\(orders)")
                return
            }
            #expect(first == key.publicKey)
            #expect(installation.deployment == UInt64(made.id))
            #expect(installation.digest.description == made.digest)
            #expect(installation.replaces == nil)
            let later = try await contact(ship(2, shore), taken: 7, release)
            #expect(later.isEmpty)
        }
    }

    @Test func `who trusts nobody yet is told once whom to, and again when it has forgotten`()
        async throws
    {
        try await DeployShore.lend { shore in
            let (one, release) = (ship(1, shore), release(shore))
            try await shore.addShips(1)
            #expect(try await contact(one, taken: 0, release).count == 1)
            let bytes = try #require(try await release.directives(for: one).first)
            let id = Array(SHA256.hash(data: bytes).prefix(8))
            let answer = try #require(DirectiveAnswer(id: id, refusal: "", reason: ""))
            try await release.answered(answer, by: one)
            #expect(try await release.directives(for: one).isEmpty)
            let later = self.release(shore, after: .seconds(60))
            #expect(try await contact(one, taken: 0, later).count == 1)
        }
    }

    @Test func `asked again in a session it is the same bytes, in the next a fresh counter`()
        async throws
    {
        try await DeployShore.lend { shore in
            _ = try await running(shore)
            let release = release(shore)
            let one = ship(1, shore)
            _ = try await contact(one, taken: 5, release)
            let again = try await release.directives(for: one)
            #expect(try await release.directives(for: one) == again)
            let next = try await contact(one, taken: 5, release)
            #expect(next.map(\.counter) == [7])
            // What it has passed it has taken.
            #expect(try await contact(one, taken: 7, release).isEmpty)
        }
    }

    @Test func `a freeze and a pause hold orders back, and a revocation goes first`() async throws {
        try await DeployShore.lend { shore in
            let made = try await running(shore)
            let one = ship(1, shore)
            let freeze = try await shore.policies.freeze(
                "christmas",
                nil,
                from: DeployShore.now - .seconds(1),
                to: DeployShore.now + .seconds(3600),
                reason: "",
                shore.planner()
            )
            #expect(try await contact(one, taken: 5, release(shore)).isEmpty)
            let held = try await shore.texts(
                "SELECT reason AS value FROM hawser.deployment_ships WHERE ship_id = 1"
            )
            #expect(held[0].hasPrefix("frozen until"))
            try await shore.policies.unfreeze(freeze.id, shore.planner())
            _ = try await shore.deployments.pause(made.id, shore.planner())
            #expect(try await contact(one, taken: 5, release(shore)).isEmpty)
            _ = try await shore.deployments.resume(made.id, accepting: false, shore.planner())
            #expect(try await contact(one, taken: 5, release(shore)).count == 1)
            let aborted = try await shore.deployments.abort(
                made.id,
                severity: .rollBackNow,
                shore.planner()
            )
            #expect(aborted.state == .stopping)
            let orders = try await contact(one, taken: 6, release(shore))
            guard case .revoke(let revocation)? = orders.first?.order else {
                Issue.record("\(orders)")
                return
            }
            #expect(orders.count == 1 && revocation.severity == .rollBackNow)
            #expect(try await contact(one, taken: orders[0].counter, release(shore)).isEmpty)
            try await steps(shore).step(shore.tenant)
            #expect(try await shore.deployments.find(made.id, of: shore.tenant).state == .stopped)
        }
    }

    @Test func `a ship that runs what the plan does not know of is left alone`() async throws {
        try await DeployShore.lend { shore in
            _ = try await running(shore)
            let slot = try #require(SlotName(DeployShore.slot))
            let newer = try #require(TreeDigest(Array(repeating: 9, count: 32)))
            let orders = try await contact(
                ship(1, shore),
                taken: 5,
                holding: [Holding(kind: .current, slot: slot, digest: newer)],
                release(shore)
            )
            #expect(orders.isEmpty)
            let states = try await shore.texts(
                "SELECT state AS value FROM hawser.deployment_ships WHERE ship_id = 1"
            )
            #expect(states == ["inconclusive"])
        }
    }

    @Test func `what a ship told of this activation counts, and the next wave opens`()
        async throws
    {
        try await DeployShore.lend { shore in
            let made = try await running(shore)
            let one = ship(1, shore)
            let order = try #require(try await contact(one, taken: 5, release(shore)).first)
            let slot = try #require(SlotName(DeployShore.slot))
            let tree = try #require(TreeDigest(text: made.digest))
            func told(_ state: ShipDeploymentState, by activation: UInt64) -> FleetEvent {
                Outcome(
                    slot: slot,
                    deployment: UInt64(made.id),
                    activation: activation,
                    digest: tree,
                    running: tree,
                    state: state
                ).event(at: DeployShore.now)
            }
            let told = [
                told(.soaking, by: order.counter), told(.failedUnable, by: order.counter - 1),
                told(.succeeded, by: order.counter),
            ]
            try await shore.pool.transaction(tenant: shore.tenant) { connection in
                try OutcomeBook().stored(told, of: one, at: DeployShore.now, in: connection)
            }
            let events = try await shore.texts(
                """
                SELECT to_state AS value FROM hawser.deployment_events
                WHERE kind = 'ship' ORDER BY event_id
                """
            )
            #expect(events == ["soaking", "succeeded"])
            // The gate passes, and the next wave opens.
            try await steps(shore, after: .seconds(1)).step(shore.tenant)
            let waves = try await shore.deployments.waves(made.id, of: shore.tenant)
            #expect(waves.map(\.state) == [.finished, .running])
            #expect(try await contact(ship(2, shore), taken: 1, release(shore)).count == 1)
        }
    }

    @Test func `a ship that comes when its wave has passed still gets its order`() async throws {
        try await DeployShore.lend { shore in
            let made = try await running(shore)
            try await shore.run(
                "UPDATE hawser.deployment_waves SET state = 'finished' WHERE wave = 1"
            )
            let orders = try await contact(ship(1, shore), taken: 5, release(shore))
            guard case .install(let installation)? = orders.first?.order else {
                Issue.record("\(orders)")
                return
            }
            #expect(installation.deployment == UInt64(made.id))
        }
    }

    @Test func `failures that were told stop the deployment`() async throws {
        try await DeployShore.lend { shore in
            let made = try await running(shore)
            let one = ship(1, shore)
            let order = try #require(try await contact(one, taken: 5, release(shore)).first)
            let slot = try #require(SlotName(DeployShore.slot))
            let tree = try #require(TreeDigest(text: made.digest))
            let outcome = Outcome(
                slot: slot,
                deployment: UInt64(made.id),
                activation: order.counter,
                digest: tree,
                running: nil,
                state: .failedNotRolledBack,
                reason: "it does not start"
            )
            try await shore.pool.transaction(tenant: shore.tenant) { connection in
                try OutcomeBook().stored(
                    [outcome.event(at: DeployShore.now)],
                    of: one,
                    at: DeployShore.now,
                    in: connection
                )
            }
            try await steps(shore, after: .seconds(1)).step(shore.tenant)
            let after = try await shore.deployments.find(made.id, of: shore.tenant)
            #expect(after.state == .paused)
            #expect(after.reason.contains("without a version that works"))
            let waves = try await shore.deployments.waves(made.id, of: shore.tenant)
            #expect(waves.map(\.state) == [.error, .scheduled])
        }
    }

    @Test func `a refused order is the ship's end, and can be tried again`() async throws {
        try await DeployShore.lend { shore in
            let made = try await running(shore)
            let release = release(shore)
            let one = ship(1, shore)
            _ = try await contact(one, taken: 5, release)
            let bytes = try #require(try await release.directives(for: one).first)
            let id = Array(SHA256.hash(data: bytes).prefix(8))
            let answer = try #require(
                DirectiveAnswer(id: id, refusal: "no_space", reason: "2 MB are missing")
            )
            try await release.answered(answer, by: one)
            let states = try await shore.texts(
                """
                SELECT state || ' ' || reason AS value FROM hawser.deployment_ships
                WHERE ship_id = 1
                """
            )
            #expect(states == ["refused no_space: 2 MB are missing"])
            _ = try await shore.deployments.retry(made.id, ships: ["s001"], shore.planner())
            #expect(try await contact(one, taken: 6, release).map(\.counter) == [7])
        }
    }
}
