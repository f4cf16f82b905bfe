import ArgumentParser

/// Plays the world around a real fleet: for now its bad links, later whole fleets of ships.
@main
struct FleetSimApp: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fleet-sim",
        abstract: "Plays the world around a fleet, on this machine.",
        discussion: """
            Nothing here needs special rights. The programs under test are the real ones; only the
            sea between them is made up.
            """,
        subcommands: [LinkCommand.self]
    )
}
