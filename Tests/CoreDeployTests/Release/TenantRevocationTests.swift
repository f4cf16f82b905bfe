import CoreDeploy
import CoreDomain
import FleetDeploy
import FleetModel
import FleetRuntime
import Testing

/// A version that is to run nowhere any more.
@Suite(.timeLimit(.minutes(10)))
struct TenantRevocationTests {
    private func revocations(_ shore: DeployShore) -> Revocations { Revocations(pool: shore.pool) }

    @Test func `every ship that holds a version or was given it is told first, and no other`()
        async throws
    {
        try await DeployShore.lend { shore in
            try await shore.addShips(4)
            try await shore.addVersion(1)
            try await shore.addVersion(2)
            let scene = ReleaseScene(shore)
            let made = try await scene.start("first", ships: ["s001", "s002", "s003"])
            let tree = try #require(TreeDigest(text: made.digest))
            // One runs it, one was given it, one waits for it, and one has it from a stick.
            let order = try #require(try await scene.contact(1, taken: 1).last)
            try await scene.tell(
                1,
                [.soaking, .succeeded],
                of: made,
                by: order.counter,
                running: tree
            )
            _ = try await scene.contact(2, taken: 1)
            let stick = Holding(kind: .current, slot: ReleaseScene.slot, digest: tree)
            _ = try await scene.contact(4, taken: 1, holding: [stick])
            let revoked = try await revocations(shore).revoke(
                "anomaly",
                1,
                severity: .rollBackNow,
                shore.planner()
            )
            #expect(revoked.shipsWaiting == 3 && revoked.shipsTold == 0)
            #expect(revoked.severity == "roll_back_now")
            let stopped = try await shore.deployments.find(made.id, of: shore.tenant)
            #expect(stopped.state == .stopped)
            #expect(stopped.reason == "version 1 of anomaly was revoked")
            for ship in [Int64(1), 2, 4] {
                let orders = try await scene.contact(ship, taken: 2, after: .seconds(1))
                guard case .revoke(let revocation)? = orders.first?.order else {
                    Issue.record("\(orders)")
                    return
                }
                #expect(orders.count == 1)
                #expect(revocation.digest == tree && revocation.deployment == nil)
                #expect(revocation.severity == .rollBackNow)
            }
            #expect(try await scene.contact(3, taken: 1).isEmpty)
            #expect(try await scene.states(made)["s003"] == "canceled")
            _ = try await scene.contact(1, taken: 3, after: .seconds(2))
            let page = try await revocations(shore).page(of: shore.tenant, before: nil, limit: 10)
            #expect(page.items.map(\.shipsTold) == [1])
            // The ship goes back by the counter of the order that revoked it.
            try await scene.tell(1, [.failedRolledBack], of: made, by: 3, running: nil)
            #expect(try await scene.states(made)["s001"] == "failed_rolled_back")
        }
    }

    @Test func `what is revoked is not planned, started or given to anybody again`() async throws {
        try await DeployShore.lend { shore in
            try await shore.addShips(2)
            try await shore.addVersion(1)
            let scene = ReleaseScene(shore)
            let waiting = try await shore.deployments.plan(
                try DeployShore.request(
                    waves: [.object(["name": .string("all")])],
                    ["approvals": .integer(1)]
                ),
                shore.planner()
            )
            _ = try await revocations(shore).revoke(
                "anomaly",
                1,
                severity: .doNotActivate,
                shore.planner()
            )
            let state = try await shore.deployments.find(waiting.id, of: shore.tenant).state
            #expect(state == .stopped)
            let error = await #expect(throws: DomainError.self) {
                try await scene.start("again", ships: ["s001"])
            }
            #expect(error?.message.contains("the version was revoked") == true)
            // The same again says nothing new; harder it may become.
            let same = await #expect(throws: DomainError.self) {
                try await revocations(shore).revoke(
                    "anomaly",
                    1,
                    severity: .doNotActivate,
                    shore.planner()
                )
            }
            #expect(same?.code == .conflict)
            let harder = try await revocations(shore).revoke(
                "anomaly",
                1,
                severity: .rollBackWhenSafe,
                shore.planner()
            )
            #expect(harder.version == 2 && harder.severity == "roll_back_when_safe")
            let audit = try await shore.texts(
                """
                SELECT action AS value FROM hawser.audit_entries
                WHERE action LIKE 'revocation.%' ORDER BY sequence
                """
            )
            #expect(audit == ["revocation.create", "revocation.update"])
        }
    }

    @Test func `who comes by a revoked version otherwise is told once it says so`() async throws {
        try await DeployShore.lend { shore in
            try await shore.addShips(1)
            try await shore.addVersion(1)
            let scene = ReleaseScene(shore)
            let revoked = try await revocations(shore).revoke(
                "anomaly",
                1,
                severity: .rollBackNow,
                shore.planner()
            )
            #expect(revoked.shipsWaiting == 0)
            #expect(try await scene.contact(1, taken: 1).isEmpty)
            let tree = try #require(TreeDigest(text: revoked.digest))
            let held = [Holding(kind: .current, slot: ReleaseScene.slot, digest: tree)]
            let orders = try await scene.contact(1, taken: 1, holding: held)
            guard case .revoke? = orders.last?.order else {
                Issue.record("\(orders)")
                return
            }
            #expect(try await scene.contact(1, taken: 2, holding: held).isEmpty)
            #expect(try await scene.contact(1, taken: 2).isEmpty)
            #expect(try await scene.contact(1, taken: 2, holding: held).isEmpty)
        }
    }
}
