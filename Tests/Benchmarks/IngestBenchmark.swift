import ArgumentParser
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation

/// Both programs and PostgreSQL on this machine: recorded scrapes from the file into tables ashore.
struct IngestBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "End-to-end samples per second, both programs and PostgreSQL on this machine.",
        discussion: """
            Starts core-server on a database of its own in a temporary directory, enrols a ship, \
            replays the recordings into it, and only then lets it sync: from the agent's start to \
            the last sample's acknowledgement. 'Per processor second ashore' divides by the time \
            that the kernel says core-server and PostgreSQL ran together, which a busy machine does \
            not change; two processors do twice that. Fsync is on, as in operation.
            """
    )

    @Option(help: "A directory of recorded scrapes.")
    var scrapes = Fixtures.path("Scrapes1s")

    @Option(help: "How many instances replay the same recording.")
    var instances = 12

    @Option(help: "Recorded seconds that go into one segment.")
    var segmentSeconds = 60

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    func run() async throws {
        let files = try Recording.files(in: scrapes)
        guard !files.isEmpty else {
            throw CommandError("\(scrapes) holds no .jsonl files of recorded scrapes")
        }
        guard (1...100).contains(instances), (1...3600).contains(segmentSeconds) else {
            throw CommandError("--instances is 1 to 100, --segment-seconds is 1 to 3600")
        }
        let figures = try await withTemporaryDirectory { directory in
            // The database's unprivileged user must get through to its part.
            chmod(directory, 0o755)
            return try await measure(files, in: directory)
        }
        figures.print(json: json)
    }

    private func measure(_ files: [String], in directory: String) async throws -> Figures {
        let shore = directory + "/shore"
        let ship = directory + "/ship"
        let server = try Products.path("core-server")
        let agent = try Products.path("ship-agent")
        return try await withProcess(
            server,
            [
                "serve", "--data", shore, "--listen", "127.0.0.1:0", "--sync-listen", "127.0.0.1:0",
                "--log-level", "warning",
            ]
        ) { core in
            let endpoints = try await eventually("core-server listens", timeout: .seconds(60)) {
                try? String(contentsOfFile: shore + "/endpoints.json", encoding: .utf8)
            }
            let api = Self.field("api", of: endpoints)
            _ = try await Self.output(server, ["tenant", "create", "bench", "--data", shore])
            let token = try await Self.output(
                server,
                ["ship", "create", "bench", "--tenant", "bench", "--data", shore]
            )
            try token.write(toFile: directory + "/token", atomically: true, encoding: .utf8)
            _ = try await Self.output(
                agent,
                ["enrol", "--data", ship, "--server", api, "--token-file", directory + "/token"]
            )
            try "data: \(ship)\nlog_level: warning\n"
                .write(toFile: directory + "/agent.yaml", atomically: true, encoding: .utf8)
            let started = ContinuousClock.now
            for instance in 0..<instances {
                _ = try await Self.output(
                    agent,
                    [
                        "replay", "--data", ship, "--instance", "host-\(instance)",
                        "--segment-seconds", "\(segmentSeconds)", "--scrapes",
                    ] + files
                )
            }
            let replaying = (ContinuousClock.now - started).inSeconds
            let before = ProcessCosts.processorSeconds(ofTree: core.processID)
            let syncing = ContinuousClock.now
            return try await withProcess(
                agent,
                ["run", "--config", directory + "/agent.yaml"]
            ) { aboard in
                let produced = try await Self.everythingAshore(agent, ship)
                let seconds = (ContinuousClock.now - syncing).inSeconds
                let ashore = ProcessCosts.processorSeconds(ofTree: core.processID) - before
                var figures = Figures(
                    title: "ingest: \(scrapes) × \(instances), both programs and PostgreSQL"
                )
                func add(_ name: String, _ value: Double, _ note: String) {
                    figures.add(name, value, note: note)
                }
                add("samples", produced, "")
                add("samples_per_second", produced / (replaying + seconds), "one after the other")
                add("replay_samples_per_second", produced / replaying, "file to sealed aboard")
                add("shore_samples_per_second", produced / seconds, "sealed to committed ashore")
                add(
                    "shore_samples_per_processor_second",
                    produced / ashore,
                    "core-server and PostgreSQL together"
                )
                figures.add("core_server_resident_mb", Self.peakMegabytes(core), decimals: 1)
                figures.add("ship_agent_resident_mb", Self.peakMegabytes(aboard), decimals: 1)
                return figures
            }
        }
    }

    /// - Returns: the samples, once the shore has acknowledged all of them.
    private static func everythingAshore(_ agent: String, _ ship: String) async throws -> Double {
        try await eventually("everything is ashore", timeout: .seconds(600)) { () -> Double? in
            let status = try await Self.output(agent, ["status", "--data", ship, "--json"])
            let metrics = status.range(of: "\"lane\":\"metrics\"").map { status[$0.lowerBound...] }
            let numbers = metrics.map(String.init) ?? ""
            guard Self.number("pending", of: numbers) == 0 else { return nil }
            return Self.number("produced", of: numbers)
        }
    }

    private static func output(_ program: String, _ arguments: [String]) async throws -> String {
        try await withProcess(program, arguments) { process in
            let status = try await process.waitForExit(timeout: .seconds(600))
            guard status.isSuccess else {
                throw CommandError("\(program) \(arguments.first ?? ""): \(process.standardError)")
            }
            return process.standardOutput
        }
    }

    private static func field(_ name: String, of json: String) -> String {
        guard let start = json.range(of: "\"\(name)\":\"")?.upperBound else { return "" }
        return String(json[start...].prefix { $0 != "\"" })
    }

    private static func number(_ name: String, of json: String) -> Double? {
        guard let start = json.range(of: "\"\(name)\":")?.upperBound else { return nil }
        return Double(json[start...].prefix { $0.isNumber })
    }

    /// The kernel's high-water mark (`VmHWM`).
    private static func peakMegabytes(_ process: RunningProcess) -> Double {
        let path = "/proc/\(process.processID)/status"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        let kilobytes = Double(line.filter(\.isNumber)) ?? 0
        return kilobytes / 1024
    }
}
