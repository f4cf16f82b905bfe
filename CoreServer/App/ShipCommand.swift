import ArgumentParser
import CoreDomain
import FleetRuntime

/// `core-server ship`.
struct ShipCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ship",
        abstract: "Ships of a tenant.",
        subcommands: [Create.self, Token.self, Revoke.self]
    )

    /// `core-server ship create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Enter a ship and print its one-time enrolment token.",
            discussion: "Give the token to: ship-agent enrol --server URL --token-file FILE"
        )

        @OptionGroup var common: CommonOptions

        @Option(help: "The tenant's name.")
        var tenant: String

        @Option(help: "How long the token is good: 30m, 1h, 7d; at most 30d.")
        var valid = "1h"

        @Argument(help: "1 to 63 of a-z, 0-9 and hyphens.")
        var name: String

        func run() async throws {
            let validity = try Administration.duration(valid, option: "valid")
            let created = try await Administration.perform(common) { services, now in
                let owner = try await services.tenants.find(name: tenant)
                return try await services.ships.create(
                    tenant: owner.id,
                    name: name,
                    tokenLasting: validity,
                    at: now,
                    for: .command("ship create")
                )
            }
            StandardStreams.out(created.enrolmentToken)
        }
    }

    /// `core-server ship token`.
    struct Token: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a new enrolment token for a ship that exists."
        )

        @OptionGroup var common: CommonOptions

        @Option(help: "The tenant's name.")
        var tenant: String

        @Option(help: "How long the token is good: 30m, 1h, 7d; at most 30d.")
        var valid = "1h"

        @Argument(help: "The ship's name.")
        var name: String

        func run() async throws {
            let validity = try Administration.duration(valid, option: "valid")
            let token = try await Administration.perform(common) { services, now in
                let owner = try await services.tenants.find(name: tenant)
                let ship = try await services.ships.find(tenant: owner.id, name: name)
                return try await services.ships.makeEnrolmentToken(
                    for: ship,
                    lasting: validity,
                    at: now,
                    for: .command("ship token")
                )
            }
            StandardStreams.out(token)
        }
    }

    /// `core-server ship revoke`.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Refuse a ship from now on; a connected one is cut off."
        )

        @OptionGroup var common: CommonOptions

        @Option(help: "The tenant's name.")
        var tenant: String

        @Argument(help: "The ship's name.")
        var name: String

        func run() async throws {
            try await Administration.perform(common) { services, now in
                let owner = try await services.tenants.find(name: tenant)
                let ship = try await services.ships.find(tenant: owner.id, name: name)
                try await services.ships.revoke(ship, at: now, for: .command("ship revoke"))
            }
            StandardStreams.out("\(name) is revoked")
        }
    }
}
