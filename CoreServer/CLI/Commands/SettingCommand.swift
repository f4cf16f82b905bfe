import ArgumentParser
import FleetRuntime
import NIOHTTP1

/// `hawser retention`, `hawser quotas` and so on.
struct SettingCommand<Kind: Setting>: AsyncParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: Kind.name,
            abstract: Kind.about,
            subcommands: [Show.self, Set.self],
            defaultSubcommand: Show.self
        )
    }

    struct Show: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(commandName: "show", abstract: "As it is.")
        }

        @OptionGroup var connection: ConnectionOptions

        func run() async throws {
            let value = try await connection.withClient { try await $0.ask(.GET, Kind.name).json }
            Kind.show(value, connection.output)
        }
    }

    struct Set: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: "set",
                abstract: "Change some of it; the rest stays.",
                discussion: Fields.help(Kind.fields)
            )
        }

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "NAME=VALUE.")
        var fields: [String]

        func run() async throws {
            guard case .object(let wanted) = try Fields.object(fields, known: Kind.fields) else {
                return
            }
            let value = try await connection.withClient { client in
                let known = try await client.ask(.GET, Kind.name)
                let shown = try known.json
                // Quotas are shown with what is used of them.
                guard case .object(let members) = shown["limits"] ?? shown else {
                    throw CommandError("the shore's answer is no object")
                }
                let kept = members.filter { $0.key != "version" }
                return try await client.ask(
                    .PUT,
                    Kind.name,
                    body: .object(kept.merging(wanted) { $1 }),
                    version: known.headers.first(name: "etag")
                ).json
            }
            Kind.show(value, connection.output)
        }
    }
}

extension Setting {
    fileprivate static func show(_ value: JSONValue, _ output: ConnectionOptions.Output) {
        guard output == .table, let table = table(of: value) else {
            return Details.show(value, output)
        }
        StandardStreams.out(table.text)
    }
}
