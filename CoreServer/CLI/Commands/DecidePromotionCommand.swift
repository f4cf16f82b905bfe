import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser approve` and `hawser reject`: about somebody else's request.
struct DecidePromotionCommand<Decision: PromotionDecision>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: Decision.verb, abstract: Decision.about)
    }

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The promotion's number: \"hawser promotions list state=waiting\".")
    var promotion: Int

    @Option(help: "Why.")
    var comment: String = ""

    func run() async throws {
        let path = "\(Resources.Promotions.path(of: "\(promotion)"))/\(Decision.noun)"
        let answer = try await connection.withClient {
            try await $0.ask(.POST, path, body: .object(["comment": .string(comment)])).json
        }
        try PromotionAnswer.show(answer, connection.output)
    }
}
