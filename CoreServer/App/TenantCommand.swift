import ArgumentParser
import CoreDomain
import FleetRuntime

/// `core-server tenant`.
struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant",
        abstract: "Shipping companies on this shore.",
        subcommands: [Create.self]
    )

    /// `core-server tenant create`.
    struct Create: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Enter a tenant.")

        @OptionGroup var common: CommonOptions

        @Argument(help: "1 to 63 of a-z, 0-9 and hyphens.")
        var name: String

        func run() async throws {
            let tenant = try await Administration.perform(common) { services, now in
                try await services.tenants.create(name: name, at: now)
            }
            StandardStreams.out(tenant.name)
        }
    }
}
