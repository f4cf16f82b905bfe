import CorePostgres

/// Every statement of deployments: a test prepares each against the migrated schema.
package enum DeployStatements {
    package static var all: [Statement] {
        PlanQueries.all + PolicyQueries.all + DeploymentQueries.all + StepQueries.all
            + ReleaseQueries.all + SpendingQueries.all + DirectiveKeyQueries.all
            + RunningQueries.all + DeltaQueries.all + CandidateQueries.all
            + RevocationQueries.all
    }
}
