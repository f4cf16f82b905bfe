import ArgumentParser
import FleetRuntime

/// `core-server migrate`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database's schema to this program's version.",
        discussion: "Forward only, under a lock; 'serve' does the same at its start."
    )

    @OptionGroup var common: CommonOptions

    func run() async throws {
        try await Administration.perform(common) { _, _ in }
        StandardStreams.out("the schema is up to date")
    }
}
