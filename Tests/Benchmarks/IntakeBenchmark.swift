import ArgumentParser
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation

/// What it costs a ship to take samples in: written remotely, and scraped as text, in one run.
struct IntakeBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "intake",
        abstract: "Samples per second into one agent on one core, durable and sealed, with memory.",
        discussion: """
            Enrols a ship, ends the shore, and runs the real agent on one processor core. Requests \
            are as Prometheus sends them: 2,000 samples, a message for each with all its labels. \
            Counted is what was acknowledged (so it is on the disk), from the first request until the \
            agent has sealed everything and ended; 'per processor second' divides by the time that \
            the kernel says the agent ran, which a busy machine does not change. Fsync is on.
            """
    )

    @Option(help: "Numbers of active series to measure, one after another.")
    var series: [Int] = [1000, 10_000, 100_000]

    @Option(help: "Samples to write remotely, for each number of series.")
    var samples = 10_000_000

    @Option(help: "Samples of one request.")
    var samplesPerRequest = 2000

    @Option(help: "Seconds to scrape 100,000 series once a second.")
    var scrapeSeconds = 20

    @Option(help: "Seconds to send more than the agent can take.")
    var overloadSeconds = 10

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    private static let connections = 32
    private static let overloadConnections = 96

    func run() async throws {
        guard series.allSatisfy({ (1...200_000).contains($0) }), samples > 0,
            (1...100_000).contains(samplesPerRequest), (0...3600).contains(scrapeSeconds),
            (0...3600).contains(overloadSeconds)
        else {
            throw CommandError("--series is up to 200000, --samples-per-request up to 100000")
        }
        let figures = try await withTemporaryDirectory { directory in
            chmod(directory, 0o755)
            try await enrol(in: directory)
            var figures = Figures(title: "intake: one agent on one core")
            for count in series { try await write(count, in: directory, &figures) }
            if scrapeSeconds > 0 { try await scrape(in: directory, &figures) }
            if overloadSeconds > 0 { try await overload(in: directory, &figures) }
            return figures
        }
        figures.print(json: json)
    }

    private func write(
        _ count: Int,
        in directory: String,
        _ figures: inout Figures
    ) async throws {
        let data = try Self.freshShip(in: directory)
        let (agent, port) = try await Self.startReceiver(data)
        defer { agent.process.send(SIGKILL) }
        try await Task.sleep(for: .seconds(1))
        let idle = agent.megabytes("VmRSS")
        // Rounds are a second apart, and the last lies before now.
        let rounds = Int64(samples / count) + 1000
        let start = Int64(Date().timeIntervalSince1970) * 1000 - rounds * 1000
        let shards = min(Self.connections, max(1, count / 25))
        let began = ContinuousClock.now
        let before = agent.processorSeconds
        let answers = try await withThrowingTaskGroup(of: WriteConnection.Answers.self) { group in
            for shard in 0..<shards {
                let range = count * shard / shards..<count * (shard + 1) / shards
                let load = WriteLoad(
                    series: range,
                    samplesPerRequest: samplesPerRequest,
                    start: start
                )
                let share = samples / shards
                group.addTask {
                    try await WriteConnection.send(load, atLeast: share, to: port)
                }
            }
            return try await group.reduce(.init(), +)
        }
        let sent = answers.acknowledged
        let acknowledged = ContinuousClock.now
        let peak = try await agent.stop()
        let ended = ContinuousClock.now
        let used = agent.processorSeconds - before
        let name = "write_\(count)"
        figures.add(
            "\(name)_acknowledged_per_second",
            Double(sent) / (acknowledged - began).inSeconds
        )
        figures.add("\(name)_sealed_per_second", Double(sent) / (ended - began).inSeconds)
        figures.add(
            "\(name)_per_processor_second",
            Double(sent) / used,
            note: "parsed, durable, sealed"
        )
        figures.add("\(name)_postponed", Double(answers.postponed), note: "requests, by 429")
        figures.add("\(name)_idle_mb", idle, decimals: 1, note: "resident")
        figures.add("\(name)_resident_mb", peak, decimals: 1, note: "peak")
        try await Self.addSize(data, sent: sent, name, &figures)
        await agent.process.end()
    }

    private func scrape(in directory: String, _ figures: inout Figures) async throws {
        let data = try Self.freshShip(in: directory)
        let exporter = TextExporter(targets: 10, seriesPerTarget: 10_000)
        let seconds = scrapeSeconds
        let (used, peak, wall) = try await exporter.serve { port in
            let targets = (0..<10).map {
                """
                  - {job: engine, instance: "ship:\($0)", interval: 1s,
                     url: "http://127.0.0.1:\(port)/metrics/\($0)"}
                """
            }
            let agent = try Self.start(data, "targets:\n" + targets.joined(separator: "\n"))
            let began = ContinuousClock.now
            try await Task.sleep(for: .seconds(seconds))
            let peak = try await agent.stop()
            let wall = (ContinuousClock.now - began).inSeconds
            let used = agent.processorSeconds
            await agent.process.end()
            return (used, peak, wall)
        }
        let produced = try await Self.produced(data)
        figures.add("scrape_100000_sealed_per_second", produced / wall, note: "asked once a second")
        figures.add(
            "scrape_100000_per_processor_second",
            produced / used,
            note: "parsed, durable, sealed"
        )
        figures.add("scrape_100000_resident_mb", peak, decimals: 1, note: "peak")
        try await Self.addSize(data, sent: Int(produced), "scrape_100000", &figures)
    }

    /// More connections, each with larger requests, than there is memory for: some wait, some are
    /// told to come again, none is lost, and the memory stays bounded.
    private func overload(in directory: String, _ figures: inout Figures) async throws {
        let data = try Self.freshShip(in: directory)
        let (agent, port) = try await Self.startReceiver(data)
        defer { agent.process.send(SIGKILL) }
        let now = Int64(Date().timeIntervalSince1970) * 1000
        let loads = (0..<Self.overloadConnections).map { connection in
            WriteLoad(
                series: connection * 100..<(connection + 1) * 100,
                samplesPerRequest: 10_000,
                start: now - 20 * 86_400_000
            )
        }
        let end = ContinuousClock.now + .seconds(overloadSeconds)
        let answers = try await withThrowingTaskGroup(of: WriteConnection.Answers.self) { group in
            for load in loads {
                group.addTask { try await WriteConnection.send(load, until: end, to: port) }
            }
            return try await group.reduce(.init(), +)
        }
        let peak = try await agent.stop()
        await agent.process.end()
        let metrics = try await Self.status(data, "metrics")
        guard Self.number("produced", of: metrics) == Double(answers.acknowledged) else {
            throw CommandError("\(answers.acknowledged) were acknowledged, not \(metrics)")
        }
        figures.add("overload_samples", Double(answers.acknowledged), note: "all acknowledged kept")
        figures.add("overload_postponed", Double(answers.postponed), note: "requests, by 429")
        figures.add("overload_resident_mb", peak, decimals: 1, note: "peak")
    }

    // MARK: The ship

    private static func startReceiver(_ data: String) async throws -> (PinnedAgent, Int) {
        let port = try FreePort.find()
        let agent = try start(
            data,
            """
            http_listen: 127.0.0.1:\(port)
            http_requests_per_second: 100000
            http_bytes_per_second: 1GiB
            """
        )
        try await eventually("the agent listens", timeout: .seconds(30)) {
            agent.process.standardError.contains("taking in at")
        }
        return (agent, port)
    }

    /// An identity is needed to run, not a shore that answers.
    private func enrol(in directory: String) async throws {
        let shore = directory + "/shore"
        let server = try Products.path("core-server")
        try await withProcess(
            server,
            [
                "serve", "--data", shore, "--listen", "127.0.0.1:0", "--sync-listen", "127.0.0.1:0",
                "--log-level", "warning",
            ]
        ) { _ in
            let endpoints = try await eventually("core-server listens", timeout: .seconds(120)) {
                try? String(contentsOfFile: shore + "/endpoints.json", encoding: .utf8)
            }
            _ = try await Self.output(server, ["tenant", "create", "bench", "--data", shore])
            let token = try await Self.output(
                server,
                ["ship", "create", "bench", "--tenant", "bench", "--data", shore]
            )
            try token.write(toFile: directory + "/token", atomically: true, encoding: .utf8)
            let start = endpoints.range(of: "\"api\":\"")?.upperBound ?? endpoints.startIndex
            _ = try await Self.output(
                try Products.path("ship-agent"),
                [
                    "enrol", "--data", directory + "/enrolled", "--server",
                    String(endpoints[start...].prefix { $0 != "\"" }), "--token-file",
                    directory + "/token",
                ]
            )
        }
    }

    private static func freshShip(in directory: String) throws -> String {
        let data = directory + "/ship"
        try? FileManager.default.removeItem(atPath: data)
        try FileManager.default.copyItem(atPath: directory + "/enrolled", toPath: data)
        chmod(data, 0o700)
        return data
    }

    private static func start(_ data: String, _ settings: String) throws -> PinnedAgent {
        let path = data + "/../agent.yaml"
        try "data: \(data)\nseal_after: 1s\nlog_level: notice\n\(settings)\n"
            .write(toFile: path, atomically: true, encoding: .utf8)
        return try PinnedAgent.start(configuration: path)
    }

    private static func status(_ data: String, _ lane: String) async throws -> Substring {
        let status = try await output(
            try Products.path("ship-agent"),
            ["status", "--data", data, "--json"]
        )
        guard let place = status.range(of: "\"lane\":\"\(lane)\"") else { return "" }
        // The keys of a lane are sorted: "lane" stands in their middle.
        let start = status[..<place.lowerBound].lastIndex(of: "{") ?? status.startIndex
        return status[start...].prefix { $0 != "}" }
    }

    private static func number(_ name: String, of json: Substring) -> Double {
        guard let start = json.range(of: "\"\(name)\":")?.upperBound else { return 0 }
        return Double(json[start...].prefix(while: \.isNumber)) ?? 0
    }

    private static func produced(_ data: String) async throws -> Double {
        number("produced", of: try await status(data, "metrics"))
    }

    /// What it takes to send, when all is sealed; and that all is there.
    private static func addSize(
        _ data: String,
        sent: Int,
        _ name: String,
        _ figures: inout Figures
    ) async throws {
        let metrics = try await status(data, "metrics")
        guard number("produced", of: metrics) == Double(sent) else {
            throw CommandError("\(sent) samples were sent, and the ledger says \(metrics)")
        }
        figures.add(
            "\(name)_bytes_per_sample",
            number("queued_bytes", of: metrics) / Double(sent),
            decimals: 3,
            note: "sealed"
        )
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
}
