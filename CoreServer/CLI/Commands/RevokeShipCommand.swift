import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser ships revoke`.
struct RevokeShipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Refuse a ship from now on; a connected one is cut off."
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The ship's name.")
    var name: String

    func run() async throws {
        let path = "\(Resources.Ships.path(of: name))/revocation"
        _ = try await connection.withClient {
            try await $0.ask(.POST, path, body: .object([:]))
        }
        StandardStreams.out("\(name) is revoked")
    }
}
