import CoreDomain
import CorePostgres
import FleetDeploy
import FleetIdentity
import FleetModel

/// What a tenant holds its deployments to, asked once more where an order is about to go.
extension ReleaseDesk {
    /// Why a policy keeps the order back; what dry runs would say is told, and keeps nothing.
    func objection(
        _ policies: [DeployPolicy],
        to row: PostgresRow,
        _ labels: ShipLabels
    ) throws -> String? {
        for kind in DeployPolicy.Kind.atRelease {
            guard let policy = DeployPolicy.holding(kind, policies, labels),
                let reason = try objection(policy, to: row)
            else { continue }
            guard policy.isDryRun else { return reason }
            try tell(row, "policy", to: "dry_run", because: "\(reason) (dry run)")
        }
        guard let objections else { return nil }
        guard let answer = objections[try row.int64("deployment_id")] else {
            // It came after the question was put: the next contact asks.
            return "the policy server was not asked yet"
        }
        if let answer { return answer }
        try tell(row, "policy", to: "allowed", because: "the policy server says yes")
        return nil
    }

    /// A server is asked about so many at a contact; the others wait for the next.
    private static let questionLimit: Int64 = 8

    func questions() throws -> [PolicyQuestion] {
        try connection.execute(
            ReleaseQueries.questions,
            .int64(ship.tenant.rawValue),
            .int64(ship.ship.rawValue),
            .int64(Self.questionLimit)
        ).map { row in
            PolicyQuestion(
                tenant: "\(ship.tenant)",
                at: "\(now)",
                ship: PolicyQuestion.Ship(
                    name: try row.text("ship"),
                    labels: try Self.labels(try row.text("labels")).values
                ),
                deployment: PolicyQuestion.Deployment(
                    id: try row.int64("deployment_id"),
                    name: try row.text("name"),
                    slot: try row.text("slot"),
                    model: try row.text("model"),
                    modelVersion: try row.int64("model_version"),
                    digest: Hexadecimal.text(try row.bytes("tree_digest")),
                    planDigest: Hexadecimal.text(try row.bytes("plan_digest")),
                    mode: try row.text("mode"),
                    wave: try row.int32("wave"),
                    bytes: try row.int64("bytes_with_retries")
                )
            )
        }
    }

    private func objection(_ policy: DeployPolicy, to row: PostgresRow) throws -> String? {
        let (name, amount) = (policy.name, policy.amount)
        switch policy.kind {
        case .hourlyShips:
            guard try meter.released(since: now - .seconds(3600)).ships >= amount else {
                return nil
            }
            return "\(name) lets \(amount) ships begin in an hour"
        case .dailyShips:
            guard try meter.released(since: now.floored(to: .seconds(86_400))).ships >= amount
            else {
                return nil
            }
            return "today's \(amount) ships of \(name) are reached"
        case .shipsInFlight:
            guard try meter.inFlight(beside: ship.ship) >= amount else { return nil }
            return "\(name) lets \(amount) ships be under way at once"
        case .dailyBytes:
            return try quota(policy, row, since: now.floored(to: .seconds(86_400)), "today")
        case .monthlyBytes:
            return try quota(policy, row, since: now.startOfMonth, "this month")
        case .telemetryAge:
            guard let heard = try meter.telemetry(of: ship.ship) else {
                return "\(name) wants telemetry of the last \(amount) s, and there is none"
            }
            guard (now - heard).milliseconds / 1000 > amount else { return nil }
            return "\(name) wants telemetry of the last \(amount) s"
        case .costCeiling, .shipBytes, .approvals, .deliverySeconds, .freshShare: return nil
        }
    }

    private func quota(
        _ policy: DeployPolicy,
        _ row: PostgresRow,
        since start: Timestamp,
        _ word: String
    ) throws -> String? {
        let own = try row.int64("bytes_with_retries")
        let (sum, overflow) = try meter.released(since: start).bytes.addingReportingOverflow(own)
        // What needs no bytes is never in the way of a quota.
        guard own > 0, overflow || sum > policy.amount else { return nil }
        return "\(policy.name) lets \(policy.amount) bytes go down \(word)"
    }

    private var meter: PolicyMeter { PolicyMeter(tenant: ship.tenant, connection: connection) }

    /// - Parameter row: of a line that waits for its order.
    func tell(
        _ row: PostgresRow,
        _ kind: String,
        to state: String,
        because reason: String
    ) throws {
        try DeploymentJournal(
            tenant: ship.tenant,
            actor: DeploymentJournal.scheduler,
            now: now,
            connection: connection
        ).note(
            try row.int64("deployment_id"),
            wave: try row.int32("wave"),
            ship: ship.ship,
            kind: kind,
            from: ShipDeploymentState.awaitingReconnect.rawValue,
            to: state,
            because: reason
        )
    }
}
