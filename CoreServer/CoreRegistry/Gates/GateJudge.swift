import CorePostgres
import FleetModel

/// Looks at a version with a gate's eyes, in the transaction that would move the alias.
struct GateJudge {
    let tenant: TenantID
    let version: ModelVersion
    /// Under the alias now.
    let current: ModelVersion?
    let evidence: PromotionEvidence
    let now: Timestamp
    let connection: PostgresConnection

    /// A number, and what it rests on.
    private struct Finding {
        let run: String
        let value: Double
        let points: Int64
        let at: Int64
    }

    func verdict(of gates: [Gate]) throws -> GateVerdict {
        var verdict = GateVerdict()
        for gate in gates {
            for rule in gate.rules.metrics {
                verdict.checks.append(try check(rule, gate))
            }
            for rule in gate.rules.tags { verdict.checks.append(check(rule, gate)) }
            if gate.rules.isSigned { verdict.checks.append(try checkSignature(gate)) }
            if gate.approvals > 0 {
                verdict.approvals.append(
                    GateVerdict.Approval(
                        gate: gate.name,
                        needed: gate.approvals,
                        approvers: gate.approvers
                    )
                )
            }
        }
        return verdict
    }

    // MARK: Numbers

    private func check(_ rule: GateRules.Metric, _ gate: Gate) throws -> GateVerdict.Check {
        let bound = rule.value
        let other =
            rule.ratio.map { "\($0) × the present version's" } ?? "the present version's"
        let source = rule.source == .run ? "" : " (\(rule.source.rawValue))"
        let text =
            "\(rule.metric)\(source) \(rule.comparison.rawValue) \(bound.map { "\($0)" } ?? other)"
        func result(_ outcome: GateVerdict.Outcome, _ found: String) -> GateVerdict.Check {
            GateVerdict.Check(gate: gate.name, rule: text, outcome: outcome, found: found)
        }
        let since =
            gate.rules.evidenceDays.map {
                now.milliseconds - Int64($0) * 86_400_000
            } ?? Int64.min
        let findings = try self.findings(of: version, rule, since: since).filter { $0.at >= since }
        guard !findings.isEmpty else {
            return result(.inconclusive, "no run shows \(rule.metric)")
        }
        if let points = rule.points, let few = findings.first(where: { $0.points < points }) {
            return result(.inconclusive, "\(few.points) of \(points) values of run \(few.run)")
        }
        var limit = bound
        if limit == nil {
            guard let current else { return result(.pass, "there is no version yet") }
            let theirs = try self.findings(of: current, rule, since: Int64.min, ownOnly: true)
            guard let value = theirs.map(\.value).first else {
                return result(.inconclusive, "version \(current.version) shows no \(rule.metric)")
            }
            limit = value * (rule.ratio ?? 1)
        }
        guard let limit else { return result(.inconclusive, "there is nothing to compare with") }
        // Every run that shows it must agree: one bad of three is bad.
        let bad = findings.first { $0.value.isNaN || !rule.comparison.holds($0.value, limit) }
        let shown = bad ?? findings[0]
        return result(
            bad == nil ? .pass : .fail,
            "\(shown.value) of run \(shown.run), against \(limit)"
        )
    }

    private func findings(
        of version: ModelVersion,
        _ rule: GateRules.Metric,
        since: Int64,
        ownOnly: Bool = false
    ) throws -> [Finding] {
        var runs = ownOnly ? [] : evidence.ids(rule.source)
        if rule.source == .run || ownOnly, !version.runID.isEmpty { runs.append(version.runID) }
        var rows = try connection.execute(
            GateQueries.runMetric,
            .int64(tenant.rawValue),
            .textArray(runs),
            .text(rule.metric),
            .int64(since)
        )
        if rule.source == .run || ownOnly, rows.isEmpty, !version.modelID.isEmpty {
            rows = try connection.execute(
                GateQueries.modelMetric,
                .int64(tenant.rawValue),
                .text(version.modelID),
                .text(rule.metric),
                .int64(since)
            )
        }
        return try rows.map { row in
            Finding(
                run: try row.text("run_id"),
                value: try row.double("value"),
                points: try row.int64("points"),
                at: try row.int64("logged_at")
            )
        }
    }

    // MARK: The rest

    private func check(_ rule: GateRules.Tag, _ gate: Gate) -> GateVerdict.Check {
        let found = version.tags.first { $0.key == rule.key }?.value
        let holds = found != nil && (rule.value == nil || rule.value == found)
        return GateVerdict.Check(
            gate: gate.name,
            rule: "tag \(rule.key)" + (rule.value.map { " = \($0)" } ?? ""),
            outcome: holds ? .pass : .fail,
            found: found.map { String($0.prefix(200)) } ?? "no such tag"
        )
    }

    private func checkSignature(_ gate: Gate) throws -> GateVerdict.Check {
        let manifest = try VersionManifest.find(version, of: tenant, connection)
        return GateVerdict.Check(
            gate: gate.name,
            rule: "signed",
            outcome: manifest == nil ? .fail : .pass,
            found: manifest.map { "manifest \($0.digest.prefix(12))" } ?? "no signed manifest"
        )
    }
}
