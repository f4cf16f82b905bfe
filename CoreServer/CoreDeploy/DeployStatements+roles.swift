import CorePostgres

/// Which statements each part of the server has of deployments: its role is granted what these need.
extension DeployStatements {
    package static func statements(of role: DatabaseRole) -> [Statement] {
        switch role {
        case .api: people
        case .ingress: ships
        case .scheduler: upkeep
        case .reports: []
        case .server: all
        }
    }

    private static var people: [Statement] {
        let links: Set<String> = [PlanQueries.refreshLinks.name, PlanQueries.forgetLinks.name]
        return PlanQueries.all.filter { !links.contains($0.name) } + DeploymentQueries.all
            + DirectiveKeyQueries.people
            + PolicyQueries.all.filter { $0.name != PolicyQueries.freezesAt.name }
    }

    private static var ships: [Statement] {
        ReleaseQueries.all + DirectiveKeyQueries.ships + RunningQueries.all + DeltaQueries.ships
            + [PolicyQueries.freezesAt, PolicyQueries.policies, DeploymentQueries.insertEvent]
    }

    private static var upkeep: [Statement] {
        StepQueries.all + DeltaQueries.upkeep + [PlanQueries.refreshLinks, PlanQueries.forgetLinks]
            + [
                DeploymentQueries.active, DeploymentQueries.byID, DeploymentQueries.lock,
                DeploymentQueries.move, DeploymentQueries.waves, DeploymentQueries.moveWave,
                DeploymentQueries.moveShips, DeploymentQueries.openOrders,
                DeploymentQueries.insertEvent, DeploymentQueries.ring,
            ]
    }
}
