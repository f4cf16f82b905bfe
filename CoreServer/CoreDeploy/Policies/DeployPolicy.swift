import CoreDomain
import CorePostgres
import FleetModel

/// What a tenant holds its deployments to.
package struct DeployPolicy: Thing {
    package static let noun = "deploy_policy"

    package enum Kind: String, Codable, Sendable, CaseIterable {
        /// Of one deployment, in micros of the currency.
        case costCeiling = "cost_ceiling"
        /// Of one deployment to one ship, with retries.
        case shipBytes = "ship_bytes"
        /// Others that have to agree.
        case approvals
        /// Ships that are given an order to install in a UTC day, over all deployments.
        case dailyShips = "daily_ships"
        /// The same within any hour.
        case hourlyShips = "hourly_ships"
        /// Ships that have an order to install and are not done with it, over all deployments.
        case shipsInFlight = "ships_in_flight"
        /// That go down in a UTC day or month, over all deployments, as their plans have it.
        case dailyBytes = "daily_bytes"
        case monthlyBytes = "monthly_bytes"
        /// In which a ship has it, as nine of ten of its link's pasts would have it.
        case deliverySeconds = "delivery_seconds"
        /// Since the newest telemetry of a ship was stored, for it to get an order.
        case telemetryAge = "telemetry_age"
        /// In which so many percent of the ships have to have told telemetry, for a wave to open.
        case freshShare = "fresh_share"

        /// What is asked where an order goes to a ship, in this order.
        static let atRelease: [Self] = [
            .telemetryAge, .shipsInFlight, .hourlyShips, .dailyShips, .dailyBytes, .monthlyBytes,
        ]
    }

    package let name: String
    package let kind: Kind
    /// Of several of one kind that a ship comes under, the highest counts.
    package let priority: Int32
    /// Labels of the ships; `nil` for all.
    package let selector: [String: [String]]?
    /// Only said, not done.
    package let isDryRun: Bool
    package let amount: Int64
    package let currency: String
    /// Of a share of ships.
    package let percent: Int32?
    package let updatedAt: String
    package let version: Int64

    package var reference: String { name }

    private enum CodingKeys: String, CodingKey {
        case name, kind, priority, selector, isDryRun = "dryRun", amount, currency, percent,
            updatedAt, version
    }

    init(_ row: PostgresRow) throws {
        name = try row.text("name")
        let word = try row.text("kind")
        guard let kind = Kind(rawValue: word) else {
            throw DomainError(
                .conflict,
                "a policy of a kind that this server does not know: \(word)"
            )
        }
        self.kind = kind
        priority = try row.int32("priority")
        selector = try row.optionalText("selector").map(Freeze.labels)
        isDryRun = try row.bool("is_dry_run")
        amount = try row.int64("amount")
        currency = try row.text("currency")
        percent = try row.optionalInt32("percent")
        updatedAt = "\(try row.timestamp("updated_at"))"
        version = try row.int64("version")
    }

    func fits(_ labels: ShipLabels) -> Bool {
        guard let selector else { return true }
        return (try? FleetSelector(selector))?.matches(labels) ?? false
    }

    /// The policy of a kind that a ship comes under.
    static func holding(
        _ kind: Kind,
        _ policies: [DeployPolicy],
        _ labels: ShipLabels
    ) -> DeployPolicy? {
        policies.filter { $0.kind == kind && $0.fits(labels) }
            .max { ($0.priority, $1.name) < ($1.priority, $0.name) }
    }

    /// What the policies say to a plan.
    static func judge(
        _ policies: [DeployPolicy],
        _ lines: [PlanLine],
        _ labels: [ShipID: ShipLabels]
    ) -> (reasons: [String], warnings: [String], approvals: Int) {
        var reasons: [String] = []
        var warnings: [String] = []
        var approvals = 0
        var costs: [String: Int64] = [:]
        var tooLong: [String: Int] = [:]
        var tooLate: [String: Int] = [:]
        for line in lines {
            let labels = labels[line.ship] ?? .none
            if let policy = holding(.approvals, policies, labels) {
                if policy.isDryRun {
                    warnings.append(
                        "\(policy.name) (dry run) would ask for \(policy.amount) approvals"
                    )
                } else {
                    approvals = max(approvals, Int(clamping: policy.amount))
                }
            }
            if let policy = holding(.costCeiling, policies, labels),
                policy.currency == line.forecast.currency
            {
                let (sum, overflow) = costs[policy.name, default: 0]
                    .addingReportingOverflow(line.forecast.costMicros)
                costs[policy.name] = overflow ? .max : sum
            }
            if let policy = holding(.shipBytes, policies, labels),
                line.forecast.bytesWithRetries > policy.amount
            {
                tooLong[policy.name, default: 0] += 1
            }
            // A link of which nothing is known promises nothing.
            if let policy = holding(.deliverySeconds, policies, labels),
                line.forecast.p90.map({ $0 > policy.amount }) ?? true
            {
                tooLate[policy.name, default: 0] += 1
            }
        }
        for policy in policies {
            var said: String?
            if let cost = costs[policy.name], cost > policy.amount {
                said =
                    "it costs \(cost) micros of \(policy.currency), \(policy.name) lets \(policy.amount)"
            }
            if let ships = tooLong[policy.name] {
                said =
                    "\(ships) ships would get more than the \(policy.amount) bytes of \(policy.name)"
            }
            if let ships = tooLate[policy.name] {
                said =
                    "\(ships) ships are not sure to have it within the \(policy.amount) s of "
                    + policy.name
            }
            guard let said else { continue }
            if policy.isDryRun {
                warnings.append("\(said) (dry run)")
            } else {
                reasons.append(said)
            }
        }
        return (reasons, Array(Set(warnings)).sorted(), approvals)
    }
}
