import CoreDeploy
import CoreDomain
import FleetDeploy
import FleetModel
import FleetRuntime
import Testing

/// Approval and the ways from state to state.
@Suite(.timeLimit(.minutes(10)))
struct DeploymentSteeringTests {
    private func planned(
        _ shore: DeployShore,
        _ others: [String: JSONValue] = [:]
    ) async throws -> Deployment {
        try await shore.addShips(4)
        try await shore.addVersion(1)
        return try await shore.deployments.plan(try DeployShore.request(others), shore.planner())
    }

    @Test func `somebody else approves, and only the plan that they saw`() async throws {
        try await DeployShore.lend { shore in
            let made = try await planned(shore, ["approvals": .integer(1)])
            #expect(made.state == .waitingForApproval)
            let own = await #expect(throws: DomainError.self) {
                try await shore.deployments.approve(
                    made.id,
                    plan: made.planDigest,
                    comment: "",
                    shore.planner()
                )
            }
            #expect(own?.code == .forbidden)
            let other = await #expect(throws: DomainError.self) {
                try await shore.deployments.approve(
                    made.id,
                    plan: String(repeating: "0", count: 64),
                    comment: "",
                    shore.reviewer()
                )
            }
            #expect(other?.code == .conflict)
            let approved = try await shore.deployments.approve(
                made.id,
                plan: made.planDigest,
                comment: "fine",
                shore.reviewer()
            )
            #expect(approved.state == .ready)
            let started = try await shore.deployments.start(made.id, shore.planner())
            #expect(started.state == .preparing)
        }
    }

    @Test func `a change of the plan voids its approval`() async throws {
        try await DeployShore.lend { shore in
            let made = try await planned(shore, ["approvals": .integer(1)])
            _ = try await shore.deployments.approve(
                made.id,
                plan: made.planDigest,
                comment: "",
                shore.reviewer()
            )
            let changed = try await shore.deployments.change(
                made.id,
                .any,
                to: try DeployShore.request(
                    waves: [.object(["name": .string("all")])],
                    ["approvals": .integer(1)]
                ),
                shore.planner()
            )
            #expect(changed.revision == 2 && changed.planDigest != made.planDigest)
            #expect(changed.state == .waitingForApproval)
            let error = await #expect(throws: DomainError.self) {
                try await shore.deployments.start(made.id, shore.planner())
            }
            #expect(error?.code == .conflict)
        }
    }

    @Test func `a policy asks for approvals, whatever the plan asks`() async throws {
        try await DeployShore.lend { shore in
            _ = try await shore.policies.put(
                "two-people",
                DeployPolicies.Details(kind: .approvals, amount: 1),
                shore.planner()
            )
            let made = try await planned(shore)
            #expect(made.state == .waitingForApproval && made.approvalsNeeded == 1)
        }
    }

    @Test func `of two who steer at once one is refused, and every step is an event`() async throws
    {
        try await DeployShore.lend { shore in
            let made = try await planned(shore)
            let ends = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        (try? await shore.deployments.start(made.id, shore.planner())) != nil
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(ends == 1)
            let events = try await shore.deployments.events(
                made.id,
                of: shore.tenant,
                after: 0,
                limit: 100
            ).items
            #expect(events.map(\.to) == ["ready", "preparing"])
        }
    }

    @Test func `what was started is not planned anew`() async throws {
        try await DeployShore.lend { shore in
            let made = try await planned(shore)
            _ = try await shore.deployments.start(made.id, shore.planner())
            let error = await #expect(throws: DomainError.self) {
                try await shore.deployments.change(
                    made.id,
                    .any,
                    to: try DeployShore.request(),
                    shore.planner()
                )
            }
            #expect(error?.code == .conflict)
        }
    }

    @Test func `an abort of what no ship was given is over at once`() async throws {
        try await DeployShore.lend { shore in
            let made = try await planned(shore)
            _ = try await shore.deployments.start(made.id, shore.planner())
            let ended = try await shore.deployments.abort(
                made.id,
                severity: .doNotActivate,
                shore.planner()
            )
            #expect(ended.state == .stopped)
            let wave = try await shore.deployments.waves(made.id, of: shore.tenant)
            #expect(wave.map(\.states) == [["canceled": 2], ["canceled": 2]])
        }
    }

    @Test func `what can never be prepared pauses the deployment, which says why`() async throws {
        try await DeployShore.lend { shore in
            let made = try await planned(shore)
            _ = try await shore.deployments.start(made.id, shore.planner())
            let steps = DeploymentSteps(
                pool: shore.pool,
                clock: WallClock { DeployShore.now + .seconds(1) },
                prepare: { _ in .impossible("its files are gone") }
            )
            try await steps.step(shore.tenant)
            let after = try await shore.deployments.find(made.id, of: shore.tenant)
            #expect(after.state == .paused && after.reason == "its files are gone")
        }
    }

    @Test func `another tenant sees nothing of it`() async throws {
        try await DeployShore.lend { shore in
            let made = try await planned(shore)
            let other = TenantID(shore.tenant.rawValue + 1)
            let error = await #expect(throws: DomainError.self) {
                try await shore.deployments.find(made.id, of: other)
            }
            #expect(error?.code == .notFound)
            let page = try await shore.deployments.page(
                of: other,
                state: nil,
                before: nil,
                limit: 10
            )
            #expect(page.items.isEmpty)
        }
    }
}
