import ArgumentParser
import FleetRuntime

/// Runs one named benchmark: figures for people as a table, for scripts as one JSON object.
@main
struct HawserBenchApp {
    static func main() async {
        await CommandLineProgram.run(HawserBenchCommand.self, name: "hawser-bench")
    }
}
