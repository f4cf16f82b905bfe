import ArgumentParser
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation

/// The API under load, and one tenant beside another that asks for ten times what it may.
struct APIBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "api",
        abstract: "Authenticated reads against a bare route, and a tenant's noisy neighbour.",
        discussion: """
            Starts core-server over a database of its own and, beside it, a process of the same \
            framework with one route that does nothing; the same client asks both over TLS with 64 \
            connections, in turns, and the real mlflow server with basic authentication where \
            --mlflow names its program. Then a quiet tenant asks at a steady pace, by turns alone and \
            beside a tenant that asks at ten times its limit.
            """
    )

    @Option(help: "Seconds of each turn.")
    var seconds = 4

    @Option(help: "Turns of each kind.")
    var turns = 6

    @Option(
        help: ArgumentHelp(
            "The mlflow of an environment with mlflow[auth] and psycopg2-binary, to compare with.",
            valueName: "program"
        )
    )
    var mlflow: String?

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    private static let connections = 64
    /// Of the neighbour, in requests a second.
    private static let limit = 20.0
    /// Times that the quiet tenant asks alone, and right before or after it beside the loud one.
    private static let pairs = 15
    private static let slice = Duration.seconds(2)

    func run() async throws {
        guard (1...60).contains(seconds), (1...100).contains(turns) else {
            throw CommandError("--seconds is 1 to 60, --turns is 1 to 100")
        }
        let figures = try await withTemporaryDirectory { directory in
            // The database's unprivileged user must get through to its part.
            chmod(directory, 0o755)
            return try await measure(in: directory)
        }
        figures.print(json: json)
    }

    private func measure(in directory: String) async throws -> Figures {
        let shore = directory + "/shore"
        let settings = directory + "/core.yaml"
        let text = """
            quotas:
              api_requests_per_second: 1000000
              api_burst: 1000000
            """
        try text.write(toFile: settings, atomically: true, encoding: .utf8)
        let server = try Products.path("core-server")
        return try await withProcess(
            server,
            [
                "serve", "--config", settings, "--data", shore, "--listen", "127.0.0.1:0",
                "--sync-listen", "127.0.0.1:0", "--log-level", "warning",
            ]
        ) { process in
            let endpoints = try await eventually("core-server listens", timeout: .seconds(60)) {
                try? String(contentsOfFile: shore + "/endpoints.json", encoding: .utf8)
            }
            let api = Self.field("api", of: endpoints)
            func make(_ arguments: [String]) async throws -> String {
                try await Self.output(server, arguments + ["--data", shore])
            }
            var loads: [String: APILoad] = [:]
            let authority = try String(contentsOfFile: shore + "/authority/ca.crt", encoding: .utf8)
            for tenant in ["quiet", "loud"] {
                _ = try await make(["tenant", "create", tenant])
                _ = try await make(["ship", "create", "aurora", "--tenant", tenant])
                let token = try await make([
                    "token", "create", "--tenant", tenant, "--role", "viewer", "--name", "bench",
                ])
                loads[tenant] = APILoad(
                    url: api + "/api/v1/ships/aurora/clock?limit=1",
                    authority: authority,
                    authorization: "Bearer \(token)"
                )
            }
            let operations = try await make([
                "token", "create", "--tenant", "system", "--role", "system", "--name", "bench",
            ])
            try await Self.limit("loud", api, authority, operations)
            guard let quiet = loads["quiet"], let loud = loads["loud"] else {
                throw CommandError("the tenants were not made")
            }
            var figures = Figures(title: "api: \(Self.connections) connections, in turns")
            try await throughput(quiet, of: process, in: directory, &figures)
            try await neighbour(quiet, loud, &figures)
            return figures
        }
    }

    /// Somebody who is asked in turns with others.
    private struct Party {
        /// What stands before the figures' names.
        let name: String
        let load: APILoad
        let process: RunningProcess
        var outcome = APILoad.Outcome()
        var processorSeconds = 0.0

        mutating func ask(for seconds: Int) async throws {
            let before = ProcessCosts.processorSeconds(ofTree: process.processID)
            outcome.add(try await load.run(for: .seconds(seconds)))
            processorSeconds +=
                ProcessCosts.processorSeconds(ofTree: process.processID) - before
        }

        func report(over seconds: Int, _ figures: inout Figures) {
            let count = Double(outcome.milliseconds.count)
            figures.add("\(name)requests_per_second", count / Double(seconds))
            figures.add("\(name)p50_ms", outcome.percentile(0.5), decimals: 2)
            figures.add("\(name)p99_ms", outcome.percentile(0.99), decimals: 2)
            // What was asked before the clock counted is in it too.
            figures.add(
                "\(name)processor_ms_per_request",
                processorSeconds * 1000 / Double(outcome.milliseconds.count + outcome.warmUp),
                decimals: 3
            )
            figures.add("\(name)failed", Double(outcome.failed + outcome.refused))
        }
    }

    private func throughput(
        _ api: APILoad,
        of server: RunningProcess,
        in directory: String,
        _ figures: inout Figures
    ) async throws {
        let program = try Products.path("hawser-bench")
        let mlflow = mlflow
        let parties = try await withProcess(
            program,
            ["bare-route", "--directory", directory]
        ) { bareProcess in
            let port = try await eventually("the bare route listens", timeout: .seconds(60)) {
                try? String(contentsOfFile: directory + "/port", encoding: .utf8)
            }
            let bare = APILoad(
                url: "https://127.0.0.1:\(port)/nothing",
                authority: try String(contentsOfFile: directory + "/ca.crt", encoding: .utf8)
            )
            let ours = [
                Party(name: "", load: api, process: server),
                Party(name: "bare_", load: bare, process: bareProcess),
            ]
            guard let mlflow else { return try await takeTurns(ours) }
            return try await MLflowPeer(program: mlflow).run(in: directory) { load, process in
                try await takeTurns(ours + [Party(name: "mlflow_", load: load, process: process)])
            }
        }
        for party in parties { party.report(over: turns * seconds, &figures) }
        let counts = parties.map { Double($0.outcome.milliseconds.count) }
        figures.add(
            "share_of_bare",
            counts[0] / max(1, counts[1]),
            decimals: 3,
            note: "authenticated reads for each answer of the bare route"
        )
        guard counts.count > 2 else { return }
        figures.add(
            "times_mlflow",
            counts[0] / max(1, counts[2]),
            decimals: 1,
            note: "authenticated reads for each of mlflow's"
        )
        figures.add(
            "p99_share_of_mlflow",
            parties[0].outcome.percentile(0.99) / parties[2].outcome.percentile(0.99),
            decimals: 3
        )
    }

    private func takeTurns(_ parties: [Party]) async throws -> [Party] {
        var parties = parties
        for _ in 0..<turns {
            for index in parties.indices { try await parties[index].ask(for: seconds) }
        }
        return parties
    }

    private func neighbour(
        _ quiet: APILoad,
        _ loud: APILoad,
        _ figures: inout Figures
    ) async throws {
        var steady = quiet
        (steady.connections, steady.rate) = (8, 200)
        var noise = loud
        (noise.connections, noise.rate) = (16, Self.limit * 10)
        let (calm, crowd) = (steady, noise)
        var (alone, beside, noisy) = (APILoad.Outcome(), APILoad.Outcome(), APILoad.Outcome())
        var ratios: [Double] = []
        for pair in 0..<Self.pairs {
            // What else the machine does changes with time: neither is always the first.
            var calmly = APILoad.Outcome()
            if pair % 2 == 0 { calmly = try await calm.run(for: Self.slice) }
            async let other = crowd.run(for: Self.slice)
            let crowded = try await calm.run(for: Self.slice)
            noisy.add(try await other)
            if pair % 2 == 1 { calmly = try await calm.run(for: Self.slice) }
            ratios.append(crowded.percentile(0.99) / calmly.percentile(0.99))
            alone.add(calmly)
            beside.add(crowded)
        }
        figures.add("quiet_p99_ms_alone", alone.percentile(0.99), decimals: 2)
        figures.add("quiet_p99_ms_beside", beside.percentile(0.99), decimals: 2)
        figures.add(
            "quiet_p99_ratio",
            ratios.sorted()[ratios.count / 2],
            decimals: 3,
            note:
                "beside a tenant that asks at ten times its limit; the median of \(Self.pairs) pairs"
        )
        figures.add("quiet_refused", Double(beside.refused + beside.failed))
        figures.add("loud_answered", Double(noisy.milliseconds.count))
        figures.add("loud_refused", Double(noisy.refused), note: "429")
    }

    private static func limit(
        _ tenant: String,
        _ api: String,
        _ authority: String,
        _ token: String
    ) async throws {
        let rate = Int(Self.limit)
        try await APILoad.put(
            "{\"api_requests_per_second\": \(rate), \"api_burst\": \(rate)}",
            to: api + "/api/v1/quotas",
            authority: authority,
            headers: [
                ("Authorization", "Bearer \(token)"), ("Hawser-Tenant", tenant),
                ("If-Match", "*"), ("Content-Type", "application/json"),
            ]
        )
    }

    private static func field(_ name: String, of json: String) -> String {
        let object = try? JSONSerialization.jsonObject(with: Data(json.utf8))
        return (object as? [String: Any])?[name] as? String ?? ""
    }

    private static func output(_ program: String, _ arguments: [String]) async throws -> String {
        try await withProcess(program, arguments) { process in
            let status = try await process.waitForExit()
            guard status.isSuccess else { throw CommandError(process.standardError) }
            return process.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }
}
