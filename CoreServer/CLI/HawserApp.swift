import FleetRuntime

/// The program of those who run fleets.
@main
struct HawserApp {
    static func main() async {
        await CommandLineProgram.run(HawserCommand.self, name: "hawser")
    }
}
