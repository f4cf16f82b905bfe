import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser deploy abort`.
struct AbortDeploymentCommand: AsyncParsableCommand {
    enum Severity: String, ExpressibleByArgument, CaseIterable {
        case stopStaging = "stop-staging"
        case doNotActivate = "do-not-activate"
        case rollBackWhenSafe = "roll-back-when-safe"
        case rollBackNow = "roll-back-now"
    }

    static let configuration = CommandConfiguration(
        commandName: "abort",
        abstract: "Stop a deployment: ships hear of it at their next contact, first of all.",
        discussion: """
            Ships without contact don't hear of it before they have some: what would still be activated is \
            shown by --dry-run, and with the answer.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The deployment's number.")
    var deployment: Int

    @Option(help: "How far ships go back; each does what those before it do.")
    var severity = Severity.doNotActivate

    @Flag(help: "Only see whom it would reach too late.")
    var dryRun = false

    func run() async throws {
        let exposure = try await connection.withClient {
            try await $0.ask(.GET, "\(DeployCommand.path(of: deployment))/exposure").json
        }
        if connection.output == .table {
            StandardStreams.out(Self.text(exposure))
        } else if dryRun {
            StandardStreams.out(exposure.prettyText)
        }
        guard !dryRun else { return }
        let word = severity.rawValue.split(separator: "-").joined(separator: "_")
        try await DeploymentAnswer.show(
            deployment,
            "abort",
            ["severity": .string(word)],
            connection
        )
    }

    private static func text(_ exposure: JSONValue) -> String {
        func count(_ member: String) -> String { exposure[member]?.cell ?? "–" }
        func time(_ member: String) -> String {
            guard case .integer(let seconds)? = exposure[member] else { return "not known" }
            return PlanText.time(seconds)
        }
        return """
            \(count("activated")) ship(s) run it, \(count("succeeded")) of them for good; \
            \(count("holding")) hold the order
            \(count("may_activate")) may activate it before they hear of this; half of those that hold it \
            hear within \(time("usual_seconds")), the last within \(time("longest_seconds"))
            """
    }
}
