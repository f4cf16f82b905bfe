import ArgumentParser

/// `hawser` and its subcommands: the API from a terminal.
struct HawserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hawser",
        abstract: "Run a fleet from a terminal: everything that the API can do.",
        discussion: """
            Who you are and where the shore is:

              export HAWSER_URL=https://shore.example:8443
              export HAWSER_CA=/etc/hawser/ca.crt          # the shore's own authority, if it has one
              export HAWSER_TOKEN_FILE=~/.config/hawser/token

            Then:

              hawser ships list
              hawser ships create name=ms-aurora labels='{"class": "tanker"}'
              hawser ships enrol ms-aurora                 # prints the one-time token
              hawser users create name=anna kind=person display_name='Anna Berg'
              hawser users password anna                   # read from standard input
              hawser bindings create user=anna role=operator fleet=tankers
              hawser tokens create user=ci name=nightly scopes='["reports.read"]'
              hawser report ms-aurora
              hawser models list prefix=pump
              hawser promote pump 7 champion --evidence shadow=RUN_ID
              hawser bundles push agent ./conf
              hawser deploy plan pump-7.yaml

            Fields are NAME=VALUE; a value that is a JSON array, object, number, true, false or null \
            is taken as that, anything else as text. --output json prints what the API answered.
            Completion: hawser --generate-completion-script bash > /etc/bash_completion.d/hawser
            """,
        subcommands: [
            MeCommand.self, ResourceCommand<Resources.Ships>.self,
            ResourceCommand<Resources.Fleets>.self, ResourceCommand<Resources.Users>.self,
            ResourceCommand<Resources.Bindings>.self, ResourceCommand<Resources.Tokens>.self,
            ResourceCommand<Resources.Tenants>.self, SettingCommand<Settings.Quotas>.self,
            SettingCommand<Settings.Retention>.self, SettingCommand<Settings.LabelPolicy>.self,
            ResourceCommand<Resources.Models>.self, VersionsCommand.self, AliasesCommand.self,
            ResourceCommand<Resources.Bundles>.self, ResourceCommand<Resources.Gates>.self,
            ResourceCommand<Resources.Promotions>.self,
            ResourceCommand<Resources.Webhooks>.self, PromoteCommand.self,
            DecidePromotionCommand<PromotionDecisions.Approval>.self,
            DecidePromotionCommand<PromotionDecisions.Rejection>.self, DeployCommand.self,
            KeysCommand.self, UsageCommand.self, AuditCommand.self, ReportCommand.self,
        ]
    )
}
