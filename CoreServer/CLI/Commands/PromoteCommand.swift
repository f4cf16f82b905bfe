import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser promote`.
struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Ask that a version of a model come under an alias.",
        discussion: """
            It is judged by the gates before the alias at once, and moved if nothing is in the way and \
            nobody has to approve: see "hawser approve". Evidence is runs by what they show:

              hawser promote pump 7 champion --evidence shadow=4f1c… --evidence drift=77ab…
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The registered model's name.")
    var model: String

    @Argument(help: "The version's number.")
    var version: Int

    @Argument(help: "The alias, such as champion.")
    var alias: String

    @Option(help: "run=ID, shadow=ID or drift=ID; may be given several times.")
    var evidence: [String] = []

    func run() async throws {
        var runs: [String: [JSONValue]] = [:]
        for word in evidence {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw CommandError("\(word) is not KIND=RUN") }
            runs[parts[0], default: []].append(.string(parts[1]))
        }
        let body = JSONValue.object([
            "model": .string(model), "version": .integer(Int64(version)),
            "target": .string(alias), "evidence": .object(runs.mapValues { .array($0) }),
            "reason": .string(connection.reason ?? ""),
        ])
        let promotion = try await connection.withClient {
            try await $0.ask(.POST, Resources.Promotions.plural, body: body).json
        }
        try PromotionAnswer.show(promotion, connection.output)
    }
}
