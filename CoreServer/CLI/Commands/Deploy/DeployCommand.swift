import ArgumentParser

/// `hawser deploy`.
struct DeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy",
        abstract: "Bring a version to ships, in waves, and stop it again.",
        discussion: """
            A plan is a file in YAML or JSON:

              name: pump-7
              slot: engine-anomaly
              model: pump
              model_version: 7
              targets: {fleets: [tankers]}
              waves:
                - {name: canaries, count: 2}
                - {name: some, percent: 20}
                - {name: rest}
              activation: {navigation: [in_port, at_anchor], longest_fact_age_seconds: 86400}
              contract:
                probes: [{command: engine-ok}]
                soak_seconds: 3600
                dead_man_seconds: 86400

              hawser deploy plan pump-7.yaml --dry-run      # what it would cost, ship by ship
              hawser deploy plan pump-7.yaml                # freezes it; prints its number and digest
              hawser deploy ships 12                        # method, bytes, cost, days of each ship
              hawser deploy approve 12 --plan DIGEST        # by somebody else
              hawser deploy start 12
              hawser deploy watch 12                        # bars, wave by wave, until it is over
              hawser deploy abort 12 --severity roll-back-now
              hawser deploy promote 13                      # a candidate that ran in the shadow
              hawser deploy revoke pump 7 --reason 'burns the bearings'
            """,
        subcommands: [
            PlanDeploymentCommand.self, ListDeploymentsCommand.self, ShowDeploymentCommand.self,
            DeploymentShipsCommand.self, DeploymentEventsCommand.self,
            DecideDeploymentCommand<DeploymentDecisions.Approval>.self,
            DecideDeploymentCommand<DeploymentDecisions.Denial>.self,
            SteerDeploymentCommand<DeploymentSteps.Start>.self,
            SteerDeploymentCommand<DeploymentSteps.Pause>.self, ResumeDeploymentCommand.self,
            AbortDeploymentCommand.self, SteerDeploymentCommand<DeploymentSteps.RollBack>.self,
            RetryDeploymentCommand.self, WatchDeploymentCommand.self,
            PromoteDeploymentCommand.self, RevokeVersionCommand.self,
            ListRevocationsCommand.self,
        ]
    )

    static let path = "deployments"

    static func path(of deployment: Int) -> String { "\(path)/\(deployment)" }
}
