import ArgumentParser
import FleetRuntime
import Foundation
import NIOHTTP1

/// `hawser ships`, `hawser users` and so on.
struct ResourceCommand<Kind: Resource>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        var subcommands: [any ParsableCommand.Type] = [List.self, Show.self]
        if !Kind.fields.isEmpty { subcommands.append(Create.self) }
        if !Kind.changeableFields.isEmpty { subcommands.append(Change.self) }
        if Kind.canBeDeleted { subcommands.append(Delete.self) }
        if Kind.self == Resources.Ships.self {
            subcommands += [EnrolShipCommand.self, RevokeShipCommand.self]
        }
        if Kind.self == Resources.Tenants.self { subcommands.append(DeleteTenantCommand.self) }
        if Kind.self == Resources.Webhooks.self { subcommands.append(DeliveriesCommand.self) }
        if Kind.self == Resources.Bundles.self {
            subcommands += [PushBundleCommand.self, PullBundleCommand.self]
        }
        if Kind.self == Resources.Users.self { subcommands.append(PasswordCommand.self) }
        return CommandConfiguration(
            commandName: Kind.plural,
            abstract: Kind.about,
            subcommands: subcommands,
            defaultSubcommand: List.self
        )
    }

    struct List: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "list",
                abstract: "All \(Kind.plural), as a table.",
                discussion: Kind.filters.isEmpty ? "" : Fields.help(Kind.filters, "Filters")
            )
        }

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "NAME=VALUE: only those.")
        var filters: [String] = []

        func run() async throws {
            try await ItemList.show(Kind.plural, filters, Kind.columns, connection)
        }
    }

    struct Show: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "show", abstract: "One \(Kind.singular).")
        }

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "Which.")
        var name: String

        func run() async throws {
            let item = try await connection.withClient {
                try await $0.ask(.GET, Kind.path(of: name)).json
            }
            Details.show(item, connection.output)
        }
    }

    struct Create: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "create",
                abstract: "Make a \(Kind.singular).",
                discussion: Fields.help(Kind.fields)
            )
        }

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "NAME=VALUE.")
        var fields: [String]

        func run() async throws {
            let body = try Fields.object(fields, known: Kind.fields)
            let item = try await connection.withClient {
                try await $0.ask(.POST, Kind.plural, body: body).json
            }
            // Alone, so that a script can take it.
            if let secret = Kind.secret, connection.output == .table,
                let text = item[secret]?.string
            {
                return StandardStreams.out(text)
            }
            Details.show(item, connection.output)
        }
    }

    struct Change: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "change",
                abstract: "Change some fields of a \(Kind.singular).",
                discussion: Fields.help(Kind.changeableFields)
            )
        }

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "Which.")
        var name: String

        @Argument(help: "NAME=VALUE.")
        var fields: [String]

        func run() async throws {
            let body = try Fields.object(fields, known: Kind.changeableFields)
            let path = Kind.path(of: name)
            let item = try await connection.withClient { client in
                let known = try await client.ask(.GET, path)
                return try await client.ask(
                    Kind.isGivenWhole ? .PUT : .PATCH,
                    path,
                    body: Kind.isGivenWhole
                        ? body.over(try known.json, Kind.changeableFields) : body,
                    version: known.headers.first(name: "etag")
                ).json
            }
            Details.show(item, connection.output)
        }
    }

    struct Delete: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "delete", abstract: "Delete a \(Kind.singular).")
        }

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "Which.")
        var name: String

        func run() async throws {
            let path = Kind.path(of: name)
            try await connection.withClient { client in
                let known = try await client.ask(.GET, path)
                _ = try await client.ask(
                    .DELETE,
                    path,
                    version: known.headers.first(name: "etag")
                )
            }
            StandardStreams.out("\(Kind.singular) \(name) is deleted")
        }
    }
}
