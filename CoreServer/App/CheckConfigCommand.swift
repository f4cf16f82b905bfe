import ArgumentParser
import FleetRuntime

/// `core-server check-config`.
struct CheckConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check-config",
        abstract: "Check settings without starting anything."
    )

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let configuration = try common.load(quiet: true)
        let database = configuration.database == .embedded ? "embedded" : "your own PostgreSQL"
        StandardStreams.out(
            "ok: data \(configuration.data), database \(database), API \(configuration.listen), "
                + "ships \(configuration.syncListen)"
        )
    }
}
