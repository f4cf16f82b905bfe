import FleetRuntime

@main
struct DeltaDecodeApp {
    static func main() async {
        await CommandLineProgram.run(DeltaDecodeCommand.self, name: "delta-decode")
    }
}
