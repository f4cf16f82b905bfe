import ArgumentParser
import CoreDeploy
import CoreDomain
import FleetDeploy
import FleetIdentity
import FleetRuntime

/// `core-server directives`.
struct DirectivesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "directives",
        abstract: "The keys that sign what ships are ordered.",
        subcommands: [List.self, Rotate.self, Distrust.self]
    )

    /// `core-server directives list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show the keys, and how many ships are known to obey each."
        )

        @OptionGroup var common: CommonOptions

        func run() async throws {
            let (ring, ships) = try await Administration.perform(common) { services, _ in
                var ships: [[UInt8]: Int64] = [:]
                for tenant in try await services.tenants.directory() {
                    ships.merge(
                        try await services.keysForOrders.obeying(tenant),
                        uniquingKeysWith: +
                    )
                }
                return (services.directiveKeys, ships)
            }
            for (number, key) in ([ring.current] + ring.former).enumerated() {
                let place =
                    number == 0
                    ? "signs now" : ring.distrusted.contains(key.id) ? "distrusted" : "former"
                StandardStreams.out(
                    "\(Hexadecimal.text(key.id))  \(place)  \(ships[key.id] ?? 0) ships obey it"
                )
            }
        }
    }

    /// `core-server directives rotate`.
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Draw another key; the one that signs now introduces it to the ships.",
            discussion: """
                Takes effect when the server starts anew. Then copy DATA/authority into the backup: a ship
                that obeys the new key alone can't be reached without it.
                """
        )

        @OptionGroup var common: CommonOptions

        func run() async throws {
            try await Administration.perform(common) { services, now in
                let ring = try DirectiveKeyFile.rotate(directory: services.authority)
                for tenant in try await services.tenants.directory() {
                    try await services.keysForOrders.note(
                        "rotate",
                        ring.current.id,
                        of: tenant,
                        at: now,
                        for: .command("directives rotate")
                    )
                }
                StandardStreams.out(
                    "\(Hexadecimal.text(ring.current.id)) signs once the server was started anew"
                )
            }
        }
    }

    /// `core-server directives distrust`.
    struct Distrust: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Have every ship that obeys the key that signs now obey a former one no longer.",
            discussion: """
                Takes effect when the server starts anew. Its file stays: ships that have not heard of the new
                key yet learn of it by the old one.
                """
        )

        @OptionGroup var common: CommonOptions

        @Argument(help: "The former key, as `directives list` shows it.")
        var key: String

        func run() async throws {
            guard let id = Hexadecimal.bytes(key.utf8), id.count == DirectiveKey.idBytes else {
                throw CommandError("a key is named by 16 hexadecimal digits, not \(key)")
            }
            try await Administration.perform(common) { services, now in
                _ = try DirectiveKeyFile.distrust(id, directory: services.authority)
                for tenant in try await services.tenants.directory() {
                    try await services.keysForOrders.note(
                        "distrust",
                        id,
                        of: tenant,
                        at: now,
                        for: .command("directives distrust")
                    )
                }
            }
            StandardStreams.out("\(key) is taken back from ships once the server was started anew")
        }
    }
}
