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
            + DirectiveKeyQueries.people + DeltaQueries.people
            + PolicyQueries.people + RevocationQueries.people
            + [CandidateQueries.candidates, CandidateQueries.succeeded]
    }

    private static var ships: [Statement] {
        ReleaseQueries.all + SpendingQueries.all + DirectiveKeyQueries.ships + RunningQueries.all
            + DeltaQueries.ships + PolicyQueries.ships
            + [
                CandidateQueries.candidates, CandidateQueries.record,
                RevocationQueries.queueForHolder, StepQueries.touch, DeploymentQueries.insertEvent,
            ]
    }

    private static var upkeep: [Statement] {
        StepQueries.all.filter { $0.name != StepQueries.touch.name } + DeltaQueries.upkeep + [
            PlanQueries.refreshLinks, PlanQueries.forgetLinks,
        ]
            + [
                DeploymentQueries.byID, DeploymentQueries.lock,
                DeploymentQueries.move, DeploymentQueries.moveWave,
                DeploymentQueries.moveShips, DeploymentQueries.openOrders,
                DeploymentQueries.insertEvent, DeploymentQueries.ring, PolicyQueries.policies,
                PolicyQueries.freshness,
            ]
    }
}
