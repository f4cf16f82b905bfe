import ArgumentParser
import CorePostgres
import CoreTestSupport
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation
import Logging

/// The registry against the real `mlflow server`, over one PostgreSQL.
struct RegistryBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry",
        abstract: "MLflow's API against the real mlflow server, over the same PostgreSQL.",
        discussion: """
            Makes a cluster with the settings of operation (fsync on), and in it a database for \
            core-server and one for mlflow. Both get the same models, versions and runs; then 16 \
            clients ask each of them in turns for one thing over and over. core-server is asked \
            over TLS with a token, mlflow without either. Last both are started anew.
            """
    )

    @Option(
        help: ArgumentHelp(
            "The mlflow of an environment with psycopg2-binary.",
            valueName: "program"
        )
    )
    var mlflow: String?

    @Option(help: "Worker processes of mlflow; more than one delay each answer by 40 ms.")
    var workers = 1

    @Option(help: "Seconds of each turn.")
    var seconds = 3

    @Option(help: "Turns of each kind.")
    var turns = 4

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    func run() async throws {
        guard (1...60).contains(seconds), (1...100).contains(turns), (1...64).contains(workers)
        else {
            throw CommandError("--seconds is 1 to 60, --turns is 1 to 100, --workers is 1 to 64")
        }
        let figures = try await withTemporaryDirectory { directory in
            // The database's unprivileged user must get through to its part.
            chmod(directory, 0o755)
            let shore = directory + "/shore"
            let cluster = try await EmbeddedCluster.acquire(
                dataDirectory: shore,
                logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
            )
            do {
                let figures = try await measure(in: directory, over: cluster)
                await cluster.release()
                return figures
            } catch {
                await cluster.release()
                throw error
            }
        }
        figures.print(json: json)
    }

    /// One of those that are asked.
    private struct Party {
        let peer: RegistryPeer
        let runner: ProcessRunner
        let process: RunningProcess
        let runs: [String]
        var outcomes: [RegistryPeer.Operation: APILoad.Outcome] = [:]
        var processorSeconds: [RegistryPeer.Operation: Double] = [:]
        var databaseSeconds: [RegistryPeer.Operation: Double] = [:]
    }

    private func measure(
        in directory: String,
        over cluster: EmbeddedCluster
    ) async throws
        -> Figures
    {
        let server = try coreServer(in: directory)
        var peers = [(try await ours(server, in: directory), server)]
        if let mlflow {
            peers.append(try await theirs(mlflow, in: directory, over: cluster))
        }
        var figures = Figures(title: "registry: 16 clients, in turns")
        try await serve(peers, 0, []) { parties in
            try await analyse(cluster, parties)
            for operation in RegistryPeer.Operation.allCases {
                let asked = try await takeTurns(operation, parties, in: directory)
                report(operation, asked, &figures)
            }
            for party in parties {
                figures.add(
                    party.peer.name + "resident_mib",
                    ProcessCosts.residentMegabytes(ofTree: party.process.processID)
                )
            }
        }
        for (peer, runner) in peers {
            var times: [Double] = []
            // The slow one once.
            for _ in 0..<(peer.name.isEmpty ? 5 : 1) {
                let started = ContinuousClock.now
                times.append(
                    try await withProcess(runner) { _ in
                        try await peer.waitUntilAnswered(within: .seconds(180))
                        return (ContinuousClock.now - started).inSeconds
                    }
                )
            }
            figures.add(
                peer.name + "start_seconds",
                times.sorted()[times.count / 2],
                decimals: 2,
                note: "to the first answer, the database there"
            )
        }
        return figures
    }

    /// Starts the servers one after the other, fills each, and lends them all.
    private func serve(
        _ peers: [(RegistryPeer, ProcessRunner)],
        _ index: Int,
        _ started: [Party],
        _ body: ([Party]) async throws -> Void
    ) async throws {
        guard index < peers.count else { return try await body(started) }
        let (peer, runner) = peers[index]
        try await withProcess(runner) { process in
            try await peer.waitUntilAnswered(within: .seconds(180))
            let runs = try await peer.fill()
            let party = Party(peer: peer, runner: runner, process: process, runs: runs)
            try await serve(peers, index + 1, started + [party], body)
        }
    }

    // MARK: Who is asked

    private func coreServer(in directory: String) throws -> ProcessRunner {
        let settings = directory + "/core.yaml"
        let text = """
            quotas:
              api_requests_per_second: 1000000
              api_burst: 1000000
            """
        try text.write(toFile: settings, atomically: true, encoding: .utf8)
        return ProcessRunner(
            try Products.path("core-server"),
            [
                "serve", "--config", settings, "--data", directory + "/shore",
                "--listen", "127.0.0.1:\(try FreePort.find())", "--sync-listen", "127.0.0.1:0",
                "--log-level", "warning",
            ]
        )
    }

    /// With a tenant and a token, which the server makes at its first start.
    private func ours(_ runner: ProcessRunner, in directory: String) async throws -> RegistryPeer {
        let shore = directory + "/shore"
        let port = runner.arguments.firstIndex(of: "--listen").map { runner.arguments[$0 + 1] }
        return try await withProcess(runner) { _ in
            _ = try await eventually("core-server listens", timeout: .seconds(60)) {
                try? String(contentsOfFile: shore + "/endpoints.json", encoding: .utf8)
            }
            func make(_ arguments: [String]) async throws -> String {
                try await withProcess(runner.executable, arguments + ["--data", shore]) {
                    let status = try await $0.waitForExit()
                    guard status.isSuccess else { throw CommandError($0.standardError) }
                    return $0.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
                }
            }
            _ = try await make(["tenant", "create", "alpha"])
            let token = try await make([
                "token", "create", "--tenant", "alpha", "--role", "admin", "--name", "bench",
            ])
            return RegistryPeer(
                name: "",
                url: "https://\(port ?? "")",
                authority: try String(
                    contentsOfFile: shore + "/authority/ca.crt",
                    encoding: .utf8
                ),
                authorization: "Bearer \(token)"
            )
        }
    }

    private func theirs(
        _ program: String,
        in directory: String,
        over cluster: EmbeddedCluster
    ) async throws -> (RegistryPeer, ProcessRunner) {
        try await onCluster(cluster, "postgres", "CREATE DATABASE mlflow")
        let port = try FreePort.find()
        var environment = ProcessRunner.inherited
        environment["MLFLOW_SERVER_ENABLE_JOB_EXECUTION"] = "false"
        // In mlflow's favour: with its own 15 connections it refuses some of 16 clients' requests.
        environment["MLFLOW_SQLALCHEMYSTORE_POOL_SIZE"] = "20"
        let runner = ProcessRunner(
            program,
            [
                "server", "--host", "127.0.0.1", "--port", "\(port)", "--workers", "\(workers)",
                "--backend-store-uri", MLflowPeer.url(of: Self.address("mlflow", cluster)),
                "--default-artifact-root", directory + "/artifacts",
            ],
            environment: environment,
            workingDirectory: directory
        )
        return (RegistryPeer(name: "mlflow_", url: "http://127.0.0.1:\(port)"), runner)
    }

    // MARK: The database

    private static func address(_ database: String, _ cluster: EmbeddedCluster) -> String {
        cluster.superuserConnectionString.split(separator: " ")
            .map { $0.hasPrefix("dbname=") ? "dbname=\(database)" : String($0) }
            .joined(separator: " ").replacing("'", with: "")
    }

    private func onCluster(
        _ cluster: EmbeddedCluster,
        _ database: String,
        _ script: String
    ) async throws {
        let pool = PostgresPool(
            PostgresPoolConfiguration(
                connectionString: Self.address(database, cluster),
                size: 1,
                statementTimeout: .seconds(300)
            ),
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            try await pool.withConnection { try $0.run(script: script) }
            await pool.close()
        } catch {
            await pool.close()
            throw error
        }
    }

    /// In mlflow's favour: before that, its searches take ten times as long.
    private func analyse(_ cluster: EmbeddedCluster, _ parties: [Party]) async throws {
        try await onCluster(cluster, "hawser", "ANALYZE")
        if parties.count > 1 { try await onCluster(cluster, "mlflow", "ANALYZE") }
    }

    private static func postmaster(in directory: String) -> Int32 {
        let file = directory + "/shore/postgres/postmaster.pid"
        let text = try? String(contentsOfFile: file, encoding: .utf8)
        return text?.split(separator: "\n").first.flatMap { Int32($0) } ?? 0
    }

    // MARK: Asking

    private func takeTurns(
        _ operation: RegistryPeer.Operation,
        _ parties: [Party],
        in directory: String
    ) async throws -> [Party] {
        var parties = parties
        let counter = Counter64()
        let database = Self.postmaster(in: directory)
        let loads = parties.map { $0.peer.load(operation, runs: $0.runs, counter) }
        for _ in 0..<turns {
            for (index, load) in loads.enumerated() {
                let process = parties[index].process.processID
                let before = ProcessCosts.processorSeconds(ofTree: process)
                let atDatabase = ProcessCosts.processorSeconds(ofTree: database)
                let outcome = try await load.run(for: .seconds(seconds))
                // Of a disk that is busy with others' work the one or other waits too long.
                if outcome.failed + outcome.refused > outcome.milliseconds.count / 20 {
                    throw CommandError(
                        "\(operation) of \(load.url) failed: \(outcome.failure ?? "refused")"
                    )
                }
                parties[index].outcomes[operation, default: .init()].add(outcome)
                parties[index].processorSeconds[operation, default: 0] +=
                    ProcessCosts.processorSeconds(ofTree: process) - before
                parties[index].databaseSeconds[operation, default: 0] +=
                    ProcessCosts.processorSeconds(ofTree: database) - atDatabase
            }
        }
        return parties
    }

    private func report(
        _ operation: RegistryPeer.Operation,
        _ parties: [Party],
        _ figures: inout Figures
    ) {
        for party in parties {
            let outcome = party.outcomes[operation] ?? .init()
            let count = Double(outcome.milliseconds.count)
            // What was asked before the clock counted is in the processor's time too.
            let asked = max(1, count + Double(outcome.warmUp))
            let key = "\(party.peer.name)\(operation.rawValue)_"
            figures.add(key + "requests_per_second", count / Double(turns * seconds))
            if outcome.failed > 0 { figures.add(key + "failed", Double(outcome.failed)) }
            figures.add(key + "p50_ms", outcome.percentile(0.5), decimals: 2)
            figures.add(key + "p99_ms", outcome.percentile(0.99), decimals: 2)
            figures.add(
                key + "processor_ms_per_request",
                (party.processorSeconds[operation] ?? 0) * 1000 / asked,
                decimals: 3
            )
            figures.add(
                key + "database_ms_per_request",
                (party.databaseSeconds[operation] ?? 0) * 1000 / asked,
                decimals: 3
            )
        }
        guard parties.count > 1 else { return }
        let ours = parties[0].outcomes[operation] ?? .init()
        let theirs = parties[1].outcomes[operation] ?? .init()
        figures.add(
            "\(operation.rawValue)_times_mlflow",
            Double(ours.milliseconds.count) / Double(max(1, theirs.milliseconds.count)),
            decimals: 1,
            note: "answers for each of mlflow's"
        )
        figures.add(
            "\(operation.rawValue)_p99_share",
            ours.percentile(0.99) / theirs.percentile(0.99),
            decimals: 3,
            note: "of mlflow's"
        )
    }
}
