import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser deploy revoke`.
struct RevokeVersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Stop a version on all ships, in all slots and deployments, for good.",
        discussion: """
            Its deployments stop, none can be planned any more, and every ship that holds it or was given it is \
            told so first of all, at its next contact; one that comes by it otherwise, as soon as it says so. \
            It can be made harder, and never be taken back: the same files do not come again.

              hawser deploy revoke pump 7 --severity roll-back-when-safe --reason 'burns the bearings'
              hawser deploy revocations
            """
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The model or the bundle.")
    var model: String

    @Argument(help: "The version's number.")
    var version: Int64

    @Option(help: "How far ships go back; each does what those before it do.")
    var severity = AbortDeploymentCommand.Severity.doNotActivate

    func run() async throws {
        let word = severity.rawValue.split(separator: "-").joined(separator: "_")
        let answer = try await connection.withClient {
            try await $0.ask(
                .POST,
                "revocations",
                body: .object([
                    "model": .string(model), "model_version": .integer(version),
                    "severity": .string(word),
                ])
            ).json
        }
        guard connection.output == .table else { return StandardStreams.out(answer.prettyText) }
        StandardStreams.out(
            """
            version \(version) of \(model) is revoked: \(answer["ships_waiting"]?.cell ?? "–") ship(s) are \
            told at their next contact
            """
        )
    }
}
