import ArgumentParser
import FleetRuntime
import Glibc

/// The shore server's program.
@main
struct CoreServerApp {
    static func main() async {
        await CommandLineProgram.run(CoreServerCommand.self, name: "core-server")
    }
}
