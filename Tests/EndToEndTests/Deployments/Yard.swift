import FleetTestSupport
import Foundation
import Testing

/// Two people ashore who plan and approve deployments of the bundle `engine`.
struct Yard {
    let planner: Manager
    let approver: Manager
    private let folder: String

    init(_ shore: Shore, _ folder: String) async throws {
        planner = try await Manager(shore, of: "blue", role: "admin", named: "planner")
        approver = try await Manager(shore, of: "blue", role: "admin", named: "approver")
        self.folder = folder
        try await planner.run("bundles", "create", "name=engine")
    }

    func push(_ version: VersionFolder) async throws {
        try await planner.run("bundles", "push", "engine", version.path)
    }

    /// In three waves at most: one ship, three in ten, the rest.
    func plan(
        version: Int,
        ships: [String],
        failure: String = "soak_seconds: 0"
    ) async throws -> Rollout {
        let file = "\(folder)/plan-\(version)-\(UUID().uuidString).yaml"
        try """
        name: engine-\(version)-\(UUID().uuidString.prefix(8).lowercased())
        slot: engine
        model: engine
        model_version: \(version)
        targets: {ships: [\(ships.joined(separator: ", "))]}
        waves:
          - {name: canary, count: 1}
          - {name: some, percent: 30}
          - {name: rest}
        contract:
          probes: [{command: engine-ok, interval_seconds: 1, failures: 2}]
          soak_seconds: 2
          dead_man_seconds: 120
        approvals: 1
        failure: {\(failure)}

        """.write(toFile: file, atomically: false, encoding: .utf8)
        let dry = try await planner.run("deploy", "plan", file, "--dry-run")
        #expect(dry.contains("canary"), "\(dry)")
        let rollout = try await planner.json(["deploy", "plan", file], as: Rollout.self)
        #expect(rollout.plan.totals.ships == ships.count)
        return rollout
    }

    /// Approves and starts it.
    func begin(_ rollout: Rollout) async throws {
        try await approver.run(
            "deploy",
            "approve",
            "\(rollout.id)",
            "--plan",
            rollout.planDigest
        )
        try await planner.run("deploy", "start", "\(rollout.id)")
    }

    func find(_ id: Int) async throws -> Rollout {
        try await planner.json(["deploy", "show", "\(id)"], as: Rollout.self)
    }

    func ships(_ id: Int) async throws -> [Rollout.Ship] {
        try await planner.json(["deploy", "ships", "\(id)"], as: [Rollout.Ship].self)
    }

    func events(_ id: Int) async throws -> [Rollout.Event] {
        try await planner.json(["deploy", "events", "\(id)"], as: [Rollout.Event].self)
    }

    /// - Parameter ships: whose logs are shown where it never comes to that.
    func waitUntil(
        _ state: String,
        _ id: Int,
        ships aboard: [ShipAboard],
        timeout: Duration = .seconds(300)
    ) async throws {
        do {
            try await eventually("deployment \(id) is \(state)", timeout: timeout) {
                try await Task.sleep(for: .milliseconds(500))
                return try await find(id).state == state
            }
        } catch {
            let rollout = try await find(id)
            var told = "\(error)\n\(rollout)\n"
            for ship in try await ships(id) { told += "\(ship)\n" }
            for event in try await events(id).suffix(40) { told += "\(event)\n" }
            for ship in aboard {
                told += "\(ship.identity):\n\(ship.log.suffix(1500))\n"
                told += (try? await ship.deploymentsText()) ?? ""
                told += (try? await ship.statusText()) ?? ""
            }
            told += "the shore:\n\(planner.shore.log.suffix(5000))\n"
            throw EndToEndError(told)
        }
    }

    /// No ship of a wave had a byte before the wave ahead of it had finished.
    func checkOrder(of id: Int) async throws {
        var finished: Set<Int> = []
        for event in try await events(id) {
            guard let wave = event.wave else { continue }
            if event.kind == "wave", event.to == "finished" { finished.insert(wave) }
            if event.kind == "ship", event.to == "downloading" {
                #expect((1..<wave).allSatisfy(finished.contains), "\(event)")
            }
        }
        #expect(!finished.isEmpty)
    }
}
