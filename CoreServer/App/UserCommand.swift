import ArgumentParser
import CoreDomain
import CoreHTTP
import FleetRuntime

/// `core-server user`.
struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "People who sign in with a password.",
        subcommands: [Create.self, Password.self]
    )

    /// `core-server user create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enter a person; set their password with 'user password'."
        )

        @OptionGroup var common: CommonOptions

        @Option(help: "The tenant's name.")
        var tenant: String

        @Option(
            help:
                "viewer, operator, reviewer or admin over the whole tenant; system in the tenant system."
        )
        var role: String?

        @Argument(help: "The person's name, which they sign in with.")
        var name: String

        func run() async throws {
            let given = try role.map { word in
                guard let role = Role(rawValue: word) else {
                    throw CommandError(
                        "--role is viewer, operator, reviewer, admin or system, not \(word)"
                    )
                }
                return role
            }
            try await Administration.perform(common) { services, now in
                let owner = try await services.tenants.find(name: tenant)
                try await services.people.passwords.createPerson(
                    tenant: owner.id,
                    name: name,
                    role: given,
                    at: now,
                    for: .command("user create")
                )
            }
            StandardStreams.out("user \(name) of \(tenant) is entered")
        }
    }

    /// `core-server user password`.
    struct Password: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set somebody's password, which ends their sessions.",
            discussion:
                "The password is one line on standard input: never an argument, which others see."
        )

        @OptionGroup var common: CommonOptions

        @Option(help: "The tenant's name.")
        var tenant: String

        @Argument(help: "The person's name.")
        var name: String

        func run() async throws {
            let password = try PasswordPrompt.read()
            try await Administration.perform(common) { services, now in
                let owner = try await services.tenants.find(name: tenant)
                try await services.people.passwords.set(
                    password,
                    of: name,
                    in: owner.id,
                    at: now,
                    for: .command("user password")
                )
            }
            StandardStreams.out("the password of \(name) is set")
        }
    }
}
