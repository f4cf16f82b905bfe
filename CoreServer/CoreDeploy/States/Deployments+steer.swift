import CoreDomain
import CorePostgres
import FleetDeploy
import FleetIdentity
import FleetModel

/// What people do with deployments; each is in the audit, with its reason.
extension Deployments {
    /// Agrees to the plan as it is now.
    ///
    /// - Parameter plan: the digest of the plan that was looked at.
    /// - Throws: `DomainError` `conflict` where the plan is another by now or nothing waits, `forbidden` for
    ///   one's own.
    package func approve(
        _ id: Int64,
        plan: String,
        comment: String,
        _ act: Act
    ) async throws -> Deployment {
        try await decide(id, plan: plan, isApproval: true, comment: comment, act)
    }

    package func deny(
        _ id: Int64,
        plan: String,
        comment: String,
        _ act: Act
    ) async throws -> Deployment {
        try await decide(id, plan: plan, isApproval: false, comment: comment, act)
    }

    private func decide(
        _ id: Int64,
        plan: String,
        isApproval: Bool,
        comment: String,
        _ act: Act
    ) async throws -> Deployment {
        guard comment.utf8.count <= 2000, !comment.utf8.contains(0) else {
            throw DomainError(.invalid, "'comment' has at most 2000 bytes")
        }
        return try await steer(id, isApproval ? "approve" : "deny", act) {
            before,
            journal in
            guard before.state == .waitingForApproval else { throw Self.isNot(before, "waits") }
            guard before.planDigest == plan else {
                throw DomainError(
                    .conflict,
                    "the plan is another by now: its digest is \(before.planDigest)"
                )
            }
            guard before.creator != act.caller.user else {
                throw DomainError(.forbidden, "somebody else decides: this is your own plan")
            }
            let digest = Hexadecimal.bytes(plan.utf8) ?? []
            let count = try journal.connection.executeCount(
                DeploymentQueries.insertApproval,
                values: [
                    .int64(act.tenant.rawValue), .int64(id), .bytes(digest),
                    .int64(act.caller.user), .text(act.caller.name), .bool(isApproval),
                    .text(comment), .timestamp(act.now),
                ]
            )
            guard count > 0 else { throw DomainError(.conflict, "you have decided already") }
            try journal.note(
                id,
                kind: "approval",
                to: isApproval ? "approved" : "denied",
                because: comment
            )
            guard isApproval else { return try journal.move(before, to: .approvalDenied) }
            guard try Self.isApproved(before, act.tenant, journal.connection) else { return before }
            return try journal.move(before, to: .ready)
        }
    }

    /// Whether as many as are needed agreed to this very plan, and nobody spoke against it.
    static func isApproved(
        _ deployment: Deployment,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> Bool {
        let row = try connection.execute(
            DeploymentQueries.approvals,
            .int64(tenant.rawValue),
            .int64(deployment.id),
            .bytes(Hexadecimal.bytes(deployment.planDigest.utf8) ?? [])
        ).first
        guard let row else { return false }
        return try row.int64("given") >= Int64(deployment.approvalsNeeded)
            && row.int64("denied") == 0
    }

    /// Opens the first wave, as soon as what it needs is built.
    package func start(_ id: Int64, _ act: Act) async throws -> Deployment {
        try await steer(id, "start", act) { before, journal in
            guard before.state == .ready else { throw Self.isNot(before, "ready") }
            guard try Self.isApproved(before, act.tenant, journal.connection) else {
                throw DomainError(.conflict, "this plan is not approved")
            }
            return try journal.move(before, to: .preparing)
        }
    }

    /// From now on no ship is given an order to install, nor bytes for one that it has; a ship that has all of
    /// them goes on by its contract.
    package func pause(_ id: Int64, _ act: Act) async throws -> Deployment {
        try await steer(id, "pause", act) { before, journal in
            guard [.preparing, .running].contains(before.state) else {
                throw Self.isNot(before, "running")
            }
            return try journal.move(before, to: .paused, because: act.change.reason)
        }
    }

    /// - Parameter accepting: whether waves that a gate stopped or held are taken for finished: by a person
    ///   who says why.
    package func resume(_ id: Int64, accepting: Bool, _ act: Act) async throws -> Deployment {
        try await steer(id, "resume", act) { before, journal in
            let waves = try Self.waves(id, of: act.tenant, journal.connection)
            let stopped = waves.filter { [.error, .held].contains($0.state) }
            guard before.state == .paused || !stopped.isEmpty && before.state == .running else {
                throw Self.isNot(before, "paused")
            }
            guard accepting || !stopped.contains(where: { $0.state == .error }) else {
                throw DomainError(
                    .conflict,
                    "the gate of the wave \(stopped[0].name) said stop (\(stopped[0].reason)): give "
                        + "the ships another version, or accept the wave as it is"
                )
            }
            for wave in stopped {
                try journal.move(
                    wave,
                    of: id,
                    to: accepting ? .finished : .running,
                    because: act.change.reason
                )
            }
            guard before.state == .paused else { return before }
            let begun = waves.contains { $0.state != .scheduled }
            return try journal.move(
                before,
                to: begun ? .running : .preparing,
                because: act.change.reason
            )
        }
    }

    /// What an abort comes to: whom it reaches too late, maybe.
    package struct Exposure: Encodable, Sendable {
        /// Ships that hold the order, and have not activated as far as is known.
        package let holding: Int64
        /// Of those, ships that have all bytes: they may activate before they hear of it.
        package let mayActivate: Int64
        package let activated: Int64
        package let succeeded: Int64
        /// Until half of them are heard, and all, by what is usual for them.
        package let usualSeconds: Int64?
        package let longestSeconds: Int64?
    }

    package func exposure(_ id: Int64, of tenant: TenantID) async throws -> Exposure {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            _ = try Self.find(id, of: tenant, connection)
            let row = try connection.execute(
                DeploymentQueries.exposed,
                .int64(tenant.rawValue),
                .int64(id)
            ).first
            guard let row else { throw DomainError(.notFound, "there is no deployment \(id)") }
            return Exposure(
                holding: try row.int64("holding"),
                mayActivate: try row.int64("staged"),
                activated: try row.int64("activated"),
                succeeded: try row.int64("succeeded"),
                usualSeconds: try row.optionalInt64("usual"),
                longestSeconds: try row.optionalInt64("longest")
            )
        }
    }

    /// Nothing more is released, and ships that hold the order are told so at their next contact, first of
    /// all.
    package func abort(
        _ id: Int64,
        severity: Revocation.Severity,
        _ act: Act
    ) async throws -> Deployment {
        try await steer(id, "abort", act) { before, journal in
            guard before.state != .stopped,
                before.state != .finished || severity >= .rollBackWhenSafe
            else { throw Self.isNot(before, "on its way") }
            try Self.callOff(before, journal)
            let count = try journal.connection.executeCount(
                DeploymentQueries.queueRevocations,
                values: [
                    .int64(act.tenant.rawValue), .int64(id), .text(before.slot),
                    .bytes(before.tree.bytes), .int32(Int32(severity.rawValue)),
                    .timestamp(act.now),
                ]
            )
            try Self.ring(before, act.tenant, journal.connection)
            return try journal.move(
                before,
                to: count > 0 ? .stopping : .stopped,
                because: act.change.reason
            )
        }
    }

    /// Ships that run it go back to what they ran before.
    package func rollBack(_ id: Int64, _ act: Act) async throws -> Deployment {
        try await steer(id, "rollback", act) { before, journal in
            guard [.running, .paused, .stopped, .finished].contains(before.state) else {
                throw Self.isNot(before, "running or finished")
            }
            try Self.callOff(before, journal)
            let count = try journal.connection.executeCount(
                DeploymentQueries.queueRollbacks,
                values: [
                    .int64(act.tenant.rawValue), .int64(id), .text(before.slot),
                    .bytes(before.tree.bytes), .timestamp(act.now),
                ]
            )
            try Self.ring(before, act.tenant, journal.connection)
            return try journal.move(
                before,
                to: count > 0 ? .stopping : .stopped,
                because: act.change.reason
            )
        }
    }

    static func callOff(_ deployment: Deployment, _ journal: DeploymentJournal) throws {
        let tenant = PostgresValue.int64(journal.tenant.rawValue)
        try journal.connection.execute(
            DeploymentQueries.moveShips,
            values: [
                tenant, .int64(deployment.id), .int32(0),
                .textArray(["scheduled", "preparing", "awaiting_reconnect"]), .text("canceled"),
                .text("the deployment was stopped before the ship was given it"),
            ]
        )
        try journal.connection.execute(
            DeploymentQueries.withdrawInstalls,
            tenant,
            .int64(deployment.id),
            .timestamp(journal.now)
        )
    }

    /// Connected ships are told at once.
    static func ring(
        _ deployment: Deployment,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        try connection.execute(
            DeploymentQueries.ring,
            .int64(tenant.rawValue),
            .int64(deployment.id),
            .text("urn:hawser:tenant:\(tenant):ship:")
        )
    }

    /// Ships that failed, refused or were called off get the order again.
    ///
    /// - Parameter names: empty for all of them.
    package func retry(_ id: Int64, ships names: [String], _ act: Act) async throws -> Deployment {
        try await steer(id, "retry", act) { before, journal in
            guard [.running, .paused, .stopped, .finished].contains(before.state) else {
                throw Self.isNot(before, "running, paused or over")
            }
            let tenant = PostgresValue.int64(act.tenant.rawValue)
            let numbers = try journal.connection.execute(
                DeploymentQueries.shipNumbers,
                tenant,
                .int64(id),
                .textArray(names)
            ).map { try $0.int64("ship_id") }
            guard numbers.count == Set(names).count else {
                throw DomainError(.unprocessable, "not all of these ships are in the deployment")
            }
            let retried = try journal.connection.execute(
                DeploymentQueries.retryShips,
                values: [
                    tenant, .int64(id),
                    .textArray([
                        "failed_no_change", "failed_rolled_back", "failed_unable", "refused",
                        "canceled", "lost", "inconclusive",
                    ]), .int64Array(numbers), .text("tried again"), .text(before.slot),
                ]
            )
            let waves = Set(try retried.map { try $0.int32("wave") })
            guard !waves.isEmpty else {
                throw DomainError(.conflict, "no ship of it is to be tried again")
            }
            for wave in try Self.waves(id, of: act.tenant, journal.connection)
            where waves.contains(wave.wave) && wave.state != .running {
                try journal.move(wave, of: id, to: .running, because: "tried again")
            }
            try Self.ring(before, act.tenant, journal.connection)
            guard before.state != .running else { return before }
            return try journal.move(before, to: .running, because: act.change.reason)
        }
    }

    /// In one transaction, with the row locked and the audit written.
    private func steer(
        _ id: Int64,
        _ verb: String,
        _ act: Act,
        _ body:
            @Sendable @escaping (Deployment, DeploymentJournal) throws -> Deployment
    ) async throws -> Deployment {
        try await pool.transaction(tenant: act.tenant) { connection in
            let before = try Self.find(id, of: act.tenant, isLocked: true, connection)
            let journal = DeploymentJournal(
                tenant: act.tenant,
                actor: act.change.actor,
                now: act.now,
                connection: connection
            )
            let after = try body(before, journal)
            try connection.execute(
                DeploymentQueries.lookAgain,
                .int64(act.tenant.rawValue),
                .int64(id)
            )
            try act.trail(connection).note(
                "deployment.\(verb)",
                after.target,
                before: before.outline,
                after: after.outline
            )
            return after
        }
    }

    private static func isNot(_ deployment: Deployment, _ word: String) -> DomainError {
        DomainError(
            .conflict,
            "deployment \(deployment.id) is \(deployment.state.rawValue), not \(word)"
        )
    }
}
