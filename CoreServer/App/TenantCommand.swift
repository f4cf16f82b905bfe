import ArgumentParser
import CoreDomain
import FleetRuntime

/// `core-server tenant`.
struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant",
        abstract: "Shipping companies on this shore.",
        subcommands: [Create.self, Retain.self]
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

    /// `core-server tenant retain`.
    struct Retain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say how long a tenant's telemetry is kept, in days."
        )

        @OptionGroup var common: CommonOptions

        @Argument(help: "The tenant's name.")
        var name: String

        @Option(help: "Samples.")
        var rawDays: Int32

        @Option(help: "Five-minute rollups; no shorter than samples.")
        var fiveMinuteDays: Int32

        @Option(help: "Hourly rollups; no shorter than those.")
        var hourDays: Int32

        @Option(help: "Logs.")
        var logDays = Retention.standard.logDays

        @Option(help: "Events, declarations, accounts by day, use of links; at least 400.")
        var recordDays = Retention.standard.recordDays

        func run() async throws {
            let retention = Retention(
                rawDays: rawDays,
                fiveMinuteDays: fiveMinuteDays,
                hourDays: hourDays,
                logDays: logDays,
                recordDays: recordDays
            )
            try await Administration.perform(common) { services, now in
                let tenant = try await services.tenants.find(name: name)
                try await services.retentions(standard: .standard)
                    .set(retention, of: tenant.id, at: now)
            }
        }
    }
}
