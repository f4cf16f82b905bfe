import ArgumentParser

/// `core-server` and its subcommands.
struct CoreServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "core-server",
        abstract: "The shore side of Hawser: tenants, ships, telemetry, reports.",
        discussion: """
            A first look, with a PostgreSQL of its own in ./data:

              core-server serve --data ./data
              core-server tenant create acme --data ./data
              core-server ship create ms-aurora --tenant acme --data ./data
              core-server token create --tenant acme --role admin --name me --data ./data
            """,
        version: CoreServerVersion.text,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, CheckConfigCommand.self, TenantCommand.self,
            ShipCommand.self, TokenCommand.self, UserCommand.self, DirectivesCommand.self,
        ]
    )
}
