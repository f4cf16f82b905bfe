import ArgumentParser
import CoreDomain
import FleetRuntime

/// `core-server token`.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token",
        abstract: "API tokens of a tenant.",
        subcommands: [Create.self]
    )

    /// `core-server token create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make an API token and print it; it can't be shown again."
        )

        @OptionGroup var common: CommonOptions

        @Option(help: "The tenant's name.")
        var tenant: String

        @Option(help: "viewer, operator, reviewer or admin; system in the tenant system.")
        var role = "viewer"

        @Option(help: "What the token is for.")
        var name: String

        @Option(help: "How long it lasts: 12h, 30d; at most 366d.")
        var valid = "90d"

        func run() async throws {
            guard let role = Role(rawValue: role) else {
                throw CommandError(
                    "--role is viewer, operator, reviewer, admin or system, not \(role)"
                )
            }
            let validity = try Administration.duration(valid, option: "valid")
            let token = try await Administration.perform(common) { services, now in
                let owner = try await services.tenants.find(name: tenant)
                return try await services.tokens.create(
                    tenant: owner.id,
                    name: name,
                    role: role,
                    lasting: validity,
                    at: now,
                    for: .command("token create")
                )
            }
            StandardStreams.out(token)
        }
    }
}
