import ArgumentParser
import FleetDeploy
import FleetModel
import FleetRuntime
import ShipDeploy
import ShipStore

/// `ship-agent facts`.
struct FactsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "facts",
        abstract: "Show or say what the ship's situation is: what may be activated hangs on it.",
        discussion: """
              ship-agent facts
              ship-agent facts set navigation=in_port zone=+02:00 attended=8h machinery=stopped

            navigation is under_way, at_anchor, in_port or unknown; zone is the ship's time less UTC; \
            attended says for how long hands are there to help (or no). Anything else is a label, \
            taken away by NAME=.
            """,
        subcommands: [FactsShowCommand.self, FactsSetCommand.self],
        defaultSubcommand: FactsShowCommand.self
    )
}

/// `ship-agent facts show`.
struct FactsShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show what is known of the ship's situation."
    )

    @Option(help: "The directory of the store.")
    var data = "/var/lib/hawser-ship"

    func run() async throws {
        let store = try ShipStore(directory: data, create: false)
        let facts = await FactsKeeper(store: store).facts(at: WallClock.system.now())
        StandardStreams.out("navigation  \(facts.navigation?.description ?? "unknown")")
        if let knownAt = facts.knownAt { StandardStreams.out("confirmed   \(knownAt)") }
        let minutes = abs(facts.zoneMinutes)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let sign = facts.zoneMinutes < 0 ? "-" : "+"
        StandardStreams.out("zone        \(sign)\(two(minutes / 60)):\(two(minutes % 60))")
        StandardStreams.out("attended    \(facts.isAttended ? "yes" : "no")")
        for (name, value) in facts.labels.sorted(by: { $0.key < $1.key }) {
            StandardStreams.out("\(name)=\(value)")
        }
    }
}

/// `ship-agent facts set`.
struct FactsSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Say what the ship's situation is now."
    )

    @Option(help: "The directory of the store.")
    var data = "/var/lib/hawser-ship"

    @Argument(help: "NAME=VALUE, any number of them.")
    var facts: [String]

    func run() async throws {
        let store = try ShipStore(directory: data, create: false)
        try await FactsKeeper(store: store).take(facts, at: WallClock.system.now())
    }
}
