import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser users password`.
struct PasswordCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Set somebody's password, which ends their sessions.",
        discussion: "The password is one line on standard input, where it is not echoed."
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The person's name.")
    var name: String

    func run() async throws {
        let password = try PasswordPrompt.read()
        let path = "\(Resources.Users.path(of: name))/password"
        _ = try await connection.withClient {
            try await $0.ask(.PUT, path, body: .object(["password": .string(password)]))
        }
        StandardStreams.out("the password of \(name) is set")
    }
}
