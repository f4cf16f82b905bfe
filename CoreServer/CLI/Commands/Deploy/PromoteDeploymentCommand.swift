import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser deploy promote`.
struct PromoteDeploymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Plan that a candidate takes its champion's place, without bytes.",
        discussion: """
            Of a deployment in mode shadow: the ships on which it succeeded, in its waves and by its rules, as \
            a deployment of its own that is approved, started, watched and stopped like any. It is refused \
            unless the candidate has agreed with its champion as often as --share says, and no ship gets the \
            order before it has told so itself.

              hawser deploy promote 12
              hawser deploy promote 12 --name pump-7-live --share 0.98 --minimum 5000 --approvals 1
            """
    )

    /// Of a candidate's plan, what its promotion takes over.
    private static let members = [
        "slot", "model", "model_version", "activation", "contract", "failure", "approvals",
        "limits",
    ]

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The number of a deployment in mode shadow.")
    var deployment: Int

    @Option(help: "The promotion's name; the candidate's with -live where there is none.")
    var name: String?

    @Option(help: "The share of values that have to agree.")
    var share = 0.95

    @Option(help: "Values that have to be compared on each ship.")
    var minimum: Int64 = 100

    @Option(help: "How many of the newest days count.")
    var days: Int64 = 30

    @Option(help: "Others that have to agree; as the candidate's plan had it where it is not said.")
    var approvals: Int64?

    @Flag(help: "Nothing is kept: only see what it would come to.")
    var dryRun = false

    func run() async throws {
        let answer = try await connection.withClient { client in
            let candidate = try await client.ask(.GET, DeployCommand.path(of: deployment)).json
            return try await client.ask(
                .POST,
                DeployCommand.path,
                query: dryRun ? [("dry_run", "true")] : [],
                body: try plan(candidate)
            ).json
        }
        try PlanText.show(answer, connection.output)
    }

    private func plan(_ candidate: JSONValue) throws -> JSONValue {
        guard let request = candidate["request"], request["mode"]?.string == "shadow" else {
            throw CommandError("deployment \(deployment) is not in mode shadow")
        }
        var plan: [String: JSONValue] = [:]
        for member in Self.members { plan[member] = request[member] }
        plan["name"] = .string(name ?? "\(request["name"]?.string ?? "candidate")-live")
        plan["mode"] = .string("promotion")
        plan["targets"] = .object(["deployment": .integer(Int64(deployment))])
        plan["waves"] = request["waves"]
        plan["agreement"] = .object([
            "share": .decimal(share), "minimum": .integer(minimum), "days": .integer(days),
        ])
        if let approvals { plan["approvals"] = .integer(approvals) }
        return .object(plan)
    }
}
