import CoreDomain
import CorePostgres
import FleetDeploy
import FleetModel
import FoundationEssentials

/// Plans: worked out and frozen in one transaction.
extension Deployments {
    /// What a plan would come to; nothing is written.
    ///
    /// - Parameter id: of the deployment that would get it.
    package func preview(
        _ request: DeploymentRequest,
        replacing id: Int64? = nil,
        _ act: Act
    ) async throws -> PlanSummary {
        try await pool.transaction(
            tenant: act.tenant,
            isolation: .repeatableRead,
            readOnly: true
        ) { connection in
            try PlanDesk(act: act, connection: connection).plan(request, for: id).summary
        }
    }

    /// Works the deployment out for every ship, and keeps that: from here on nothing but a new revision
    /// changes what is approved.
    ///
    /// - Throws: `DomainError` `unprocessable` with every reason why it can't be, `conflict` where the name
    ///   is taken.
    package func plan(_ request: DeploymentRequest, _ act: Act) async throws -> Deployment {
        do {
            return try await pool.transaction(
                tenant: act.tenant,
                isolation: .repeatableRead
            ) { connection in
                let desk = PlanDesk(act: act, connection: connection)
                let plan = try desk.plan(request, for: nil)
                let deployment = try desk.store(plan)
                try act.trail(connection).note(
                    "deployment.create",
                    deployment.target,
                    after: deployment.outline
                )
                return deployment
            }
        } catch let error as PostgresError
            where error.isUniqueViolation(constraint: "deployments_name_key")
        {
            throw DomainError(.conflict, "a deployment named \(request.name) exists already")
        }
    }

    /// Another revision: worked out anew, and approved by nobody yet.
    ///
    /// - Throws: `DomainError` `conflict` for one that was started.
    package func change(
        _ id: Int64,
        _ match: VersionMatch,
        to request: DeploymentRequest,
        _ act: Act
    ) async throws -> Deployment {
        try await pool.transaction(
            tenant: act.tenant,
            isolation: .repeatableRead
        ) { connection in
            let before = try Self.find(id, of: act.tenant, isLocked: true, connection)
            try match.check(before)
            guard before.state.isOpen else {
                throw DomainError(
                    .conflict,
                    "deployment \(id) is \(before.state.rawValue): what was started is not planned anew"
                )
            }
            guard request.name == before.name else {
                throw DomainError(.invalid, "a deployment keeps its name")
            }
            let desk = PlanDesk(act: act, connection: connection)
            let plan = try desk.plan(request, for: id)
            let after = try desk.store(plan, over: before)
            try act.trail(connection).note(
                "deployment.update",
                after.target,
                before: before.outline,
                after: after.outline
            )
            return after
        }
    }
}
