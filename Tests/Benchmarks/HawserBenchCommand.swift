import ArgumentParser
import FleetRuntime

/// `hawser-bench` and its benchmarks.
struct HawserBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hawser-bench",
        abstract: "Measures Hawser: ratios and bytes first, times side by side in one run.",
        discussion: "'--list' names the benchmarks.",
        subcommands: [
            WireBenchmark.self, RollupBenchmark.self, IngestBenchmark.self, LogBenchmark.self,
            StorageBenchmark.self, MonthBenchmark.self, CodecBenchmark.self, IntakeBenchmark.self,
            APIBenchmark.self, RegistryBenchmark.self, ArtifactBenchmark.self,
            BareRouteCommand.self, AuditBenchmark.self, PasswordBenchmark.self, DeltaBenchmark.self,
            WavesBenchmark.self, PlanBenchmark.self,
        ]
    )

    @Flag(help: "Name the benchmarks, one a line.")
    var list = false

    func run() async throws {
        guard list else { throw CommandError("name a benchmark", hint: "--list names them") }
        for benchmark in Self.configuration.subcommands {
            let configuration = benchmark.configuration
            guard configuration.shouldDisplay else { continue }
            let name = configuration.commandName ?? ""
            let gap = String(repeating: " ", count: max(1, 10 - name.count))
            StandardStreams.out("\(name)\(gap)\(configuration.abstract)")
        }
    }
}
