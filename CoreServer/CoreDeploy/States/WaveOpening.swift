import CoreDomain
import FleetModel

/// What a tenant holds its waves to: looked at where one is about to open.
struct WaveOpening {
    let journal: DeploymentJournal
    let deployment: Deployment

    /// Why the wave stays closed; what dry runs would say is told, and keeps nothing closed.
    func objection(_ wave: DeploymentWave) throws -> String? {
        let policies = try DeployPolicies.all(of: journal.tenant, journal.connection)
            .filter { $0.kind == .freshShare }
        guard !policies.isEmpty else { return nil }
        let meter = PolicyMeter(tenant: journal.tenant, connection: journal.connection)
        let ships = try meter.ships(beside: wave.wave, of: deployment.id)
        var holding: [String: DeployPolicy] = [:]
        for ship in ships where ship.isInWave {
            guard let policy = DeployPolicy.holding(.freshShare, policies, ship.labels) else {
                continue
            }
            holding[policy.name] = policy
        }
        for policy in holding.values.sorted(by: { $0.name < $1.name }) where !holds(policy, ships) {
            // Without the counts of the moment, so that it is the same text until it is no longer so.
            let reason =
                "\(policy.name) wants telemetry of the last \(policy.amount) s from "
                + "\(policy.percent ?? 100) % of its ships"
            guard policy.isDryRun else { return reason }
            try journal.note(
                deployment.id,
                wave: wave.wave,
                kind: "policy",
                from: wave.state.rawValue,
                to: "dry_run",
                because: "\(reason) (dry run)"
            )
        }
        return nil
    }

    private func holds(_ policy: DeployPolicy, _ ships: [PolicyMeter.Seen]) -> Bool {
        let chosen = ships.filter { policy.fits($0.labels) }
        let fresh = chosen.count { ship in
            guard let at = ship.telemetryAt else { return false }
            return (journal.now - at).milliseconds / 1000 <= policy.amount
        }
        return fresh * 100 >= Int(policy.percent ?? 100) * chosen.count
    }
}
