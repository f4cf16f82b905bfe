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
            connections, in turns. Then a quiet tenant asks at a steady pace, in turns alone and \
            beside a tenant that asks at ten times its limit.
            """
    )

    @Option(help: "Seconds of each turn.")
    var seconds = 4

    @Option(help: "Turns of each kind.")
    var turns = 5

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    private static let connections = 64
    /// Of the neighbour, in requests a second.
    private static let limit = 20.0

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
        ) { _ in
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
                    token: token
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
            try await throughput(quiet, in: directory, &figures)
            try await neighbour(quiet, loud, &figures)
            return figures
        }
    }

    private func throughput(
        _ api: APILoad,
        in directory: String,
        _ figures: inout Figures
    ) async throws {
        let program = try Products.path("hawser-bench")
        let (turns, seconds) = (turns, seconds)
        let (ours, bare) = try await withProcess(
            program,
            ["bare-route", "--directory", directory]
        ) { _ in
            let port = try await eventually("the bare route listens", timeout: .seconds(60)) {
                try? String(contentsOfFile: directory + "/port", encoding: .utf8)
            }
            let peer = APILoad(
                url: "https://127.0.0.1:\(port)/nothing",
                authority: try String(contentsOfFile: directory + "/ca.crt", encoding: .utf8)
            )
            var (ours, bare) = (APILoad.Outcome(), APILoad.Outcome())
            for _ in 0..<turns {
                ours.add(try await api.run(for: .seconds(seconds)))
                bare.add(try await peer.run(for: .seconds(seconds)))
            }
            return (ours, bare)
        }
        let time = Double(turns * seconds)
        figures.add("requests_per_second", Double(ours.milliseconds.count) / time)
        figures.add("p50_ms", ours.percentile(0.5), decimals: 2)
        figures.add("p99_ms", ours.percentile(0.99), decimals: 2)
        figures.add("failed", Double(ours.failed + ours.refused))
        figures.add("bare_requests_per_second", Double(bare.milliseconds.count) / time)
        figures.add("bare_p50_ms", bare.percentile(0.5), decimals: 2)
        figures.add("bare_p99_ms", bare.percentile(0.99), decimals: 2)
        figures.add(
            "share_of_bare",
            Double(ours.milliseconds.count) / Double(max(1, bare.milliseconds.count)),
            decimals: 3,
            note: "authenticated reads for each answer of the bare route"
        )
    }

    private func neighbour(
        _ quiet: APILoad,
        _ loud: APILoad,
        _ figures: inout Figures
    ) async throws {
        var steady = quiet
        (steady.connections, steady.rate) = (8, 50)
        var noise = loud
        (noise.connections, noise.rate) = (16, Self.limit * 10)
        let (calm, crowd) = (steady, noise)
        var (alone, beside, noisy) = (APILoad.Outcome(), APILoad.Outcome(), APILoad.Outcome())
        for _ in 0..<turns {
            alone.add(try await calm.run(for: .seconds(seconds)))
            async let other = crowd.run(for: .seconds(seconds))
            beside.add(try await calm.run(for: .seconds(seconds)))
            noisy.add(try await other)
        }
        figures.add("quiet_p99_ms_alone", alone.percentile(0.99), decimals: 2)
        figures.add("quiet_p99_ms_beside", beside.percentile(0.99), decimals: 2)
        figures.add(
            "quiet_p99_ratio",
            beside.percentile(0.99) / alone.percentile(0.99),
            decimals: 3,
            note: "beside a tenant that asks at ten times its limit"
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
