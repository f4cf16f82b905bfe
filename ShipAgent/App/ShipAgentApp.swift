import ArgumentParser
import FleetRuntime

/// The ship agent's program.
@main
struct ShipAgentApp {
    static func main() async {
        ProcessMemory.keepTogether()
        await CommandLineProgram.run(ShipAgentCommand.self, name: "ship-agent")
    }
}
