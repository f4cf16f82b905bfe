import FleetModel
import FleetTestSupport
import Foundation
import Glibc
import Synchronization

/// A real ship-agent with its data directory, enrolled at a shore.
final class ShipAboard: Sendable {
    /// What `status --json` says.
    struct Status: Decodable {
        struct Lane: Decodable {
            let lane: String
            let queued_bytes: UInt64
            let produced: UInt64
            let stored: UInt64
            let pending: UInt64
            let degraded: UInt64
            let lost: UInt64

            /// The promise: nothing is unaccounted for.
            var isBalanced: Bool { produced == stored + pending + degraded + lost }
        }

        struct Link: Decodable {
            let state: String
            let sent_payload_bytes: UInt64
        }

        let ship: String
        let link: Link
        let lanes: [Lane]

        func lane(_ name: String) -> Lane? { lanes.first { $0.lane == name } }

        var isDrained: Bool { lanes.allSatisfy { $0.pending == 0 } }
        var isBalanced: Bool { lanes.allSatisfy(\.isBalanced) }
        var queuedBytes: UInt64 { lanes.reduce(0) { $0 + $1.queued_bytes } }
    }

    let data: String
    let identity: ShipIdentity
    let configuration: String
    private let clock: WrongClock?
    private let process = Mutex<RunningProcess?>(nil)

    private init(
        data: String,
        identity: ShipIdentity,
        configuration: String,
        clock: WrongClock? = nil
    ) {
        self.clock = clock
        self.data = data
        self.identity = identity
        self.configuration = configuration
    }

    /// Makes the ship ashore, enrols it and lends it; its agent is killed at the end.
    ///
    /// - Parameters:
    ///   - data: The agent's data directory, made if need be.
    ///   - syncPort: Where the agent syncs: the shore's own port, or a link's to it.
    ///   - settings: Further lines of the agent's configuration.
    ///   - clock: What `start` gives the agent for a clock.
    static func with<Result>(
        _ name: String,
        of tenant: String,
        at shore: Shore,
        data: String,
        syncPort: Int,
        settings: String = "",
        clock: WrongClock? = nil,
        _ body: (ShipAboard) async throws -> Result
    ) async throws -> Result {
        let token = try await shore.command("ship", "create", name, "--tenant", tenant)
        let folder = "\(shore.data)/.."
        let tokenFile = "\(folder)/\(name).token"
        try token.write(toFile: tokenFile, atomically: false, encoding: .utf8)
        try await run([
            "enrol", "--data", data, "--server", shore.apiURL, "--token-file", tokenFile,
            "--sync", "127.0.0.1:\(syncPort)",
        ])
        let configuration = "\(folder)/\(name).yaml"
        try """
        data: \(data)
        seal_after: 1s
        reconnect_after: 100ms
        log_level: debug
        \(settings)

        """.write(toFile: configuration, atomically: false, encoding: .utf8)
        let status = try await Self.status(of: data)
        guard let identity = ShipIdentity(uri: status.ship) else {
            throw EndToEndError("the ship is named \(status.ship)")
        }
        let ship = ShipAboard(
            data: data,
            identity: identity,
            configuration: configuration,
            clock: clock
        )
        do {
            let result = try await body(ship)
            await ship.kill()
            return result
        } catch {
            await ship.kill()
            throw error
        }
    }

    /// A second agent with a copy of everything that this one has, as a cloned disk would be.
    func copied(to data: String) async throws -> ShipAboard {
        try await Folder.copy(self.data, to: data)
        unlink("\(data)/run.lock")
        let text = try String(contentsOfFile: configuration, encoding: .utf8)
        let copy = "\(configuration).copy"
        try text.replacingOccurrences(of: "data: \(self.data)", with: "data: \(data)")
            .write(toFile: copy, atomically: false, encoding: .utf8)
        return ShipAboard(data: data, identity: identity, configuration: copy)
    }

    // MARK: The agent's life

    func start() throws {
        let program = try Products.path("ship-agent")
        let environment = try clock?.environment() ?? [:]
        let agent = try ProcessRunner(
            program,
            ["run", "--config", configuration],
            environment: ProcessRunner.inherited.merging(environment) { $1 }
        ).start()
        process.withLock { $0 = agent }
    }

    /// SIGTERM, and the agent must end in order.
    func stop() async throws {
        guard let agent = process.withLock({ $0.take() }) else { return }
        agent.send(SIGTERM)
        let status = try? await agent.waitForExit(timeout: .seconds(240))
        await agent.end()
        guard status == .exited(0) else {
            throw EndToEndError(
                "ship-agent did not end in order (\(String(describing: status))):\n\(agent.standardError.suffix(4000))"
            )
        }
    }

    /// SIGKILL.
    func kill() async {
        await process.withLock { $0.take() }?.end()
    }

    /// Whether the agent that was started last still runs.
    var isRunning: Bool { process.withLock { $0?.isRunning } ?? false }

    /// What the agent has logged since its last start.
    var log: String { process.withLock { $0?.standardError } ?? "" }

    // MARK: Commands

    func status() async throws -> Status { try await Self.status(of: data) }

    /// As it is printed.
    func statusText() async throws -> String {
        try await Self.run(["status", "--data", data, "--json"])
    }

    /// Replays files to their end.
    func replay(_ files: [String], instance: String, segmentSeconds: Int = 15) async throws {
        try await Self.run(
            replayArguments(files, instance: instance, segmentSeconds: segmentSeconds)
        )
    }

    /// Starts to replay files; the caller ends it.
    func startReplay(
        _ files: [String],
        instance: String,
        segmentSeconds: Int = 15
    ) throws -> RunningProcess {
        try ProcessRunner(
            Products.path("ship-agent"),
            replayArguments(files, instance: instance, segmentSeconds: segmentSeconds)
        ).start()
    }

    private func replayArguments(
        _ files: [String],
        instance: String,
        segmentSeconds: Int
    ) -> [String] {
        ["replay", "--data", data, "--scrapes"] + files
            + ["--instance", instance, "--segment-seconds", "\(segmentSeconds)"]
    }

    /// Waits until nothing is queued; the account must balance all the while.
    func waitUntilDrained(timeout: Duration = .seconds(240)) async throws -> Status {
        var last: Status?
        do {
            let status = try await eventually("the ship has nothing queued", timeout: timeout) {
                let status = try await self.status()
                last = status
                return status.isDrained || !status.isBalanced ? status : nil
            }
            guard status.isBalanced else { throw EndToEndError("the account does not balance") }
            return status
        } catch {
            throw EndToEndError("\(error)\n\(String(describing: last))\n\(log.suffix(4000))")
        }
    }

    private static func status(of data: String) async throws -> Status {
        let text = try await run(["status", "--data", data, "--json"])
        return try JSONDecoder().decode(Status.self, from: Data(text.utf8))
    }

    @discardableResult
    private static func run(_ arguments: [String]) async throws -> String {
        try await withProcess(try Products.path("ship-agent"), arguments) { process in
            let status = try await process.waitForExit(timeout: .seconds(240))
            guard status == .exited(0) else {
                throw EndToEndError(
                    "ship-agent \(arguments[0]) ended with \(status): \(process.standardError)"
                )
            }
            return process.standardOutput
        }
    }
}
