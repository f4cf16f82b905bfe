import CoreDomain
import CorePostgres
import FleetModel
import FoundationEssentials

/// Keeps a deployment within its money and a ship within its bytes, by what really went: asked before an order
/// goes, and again for the bytes.
///
/// An order goes where what all ships with one are expected to need fits under the ceiling. Bytes are let go in
/// stretches; each is counted against the ceiling before it begins, whatever the plan had said.
struct SpendingDesk {
    /// That is let go between two looks at the whole deployment.
    static let stretch: Int64 = 1_000_000

    let ship: ShipIdentity
    let connection: PostgresConnection

    /// A deployment's account of this ship.
    private func key(_ deployment: Int64) -> [PostgresValue] {
        [.int64(ship.tenant.rawValue), .int64(deployment), .int64(ship.ship.rawValue)]
    }

    /// Why the ship may not be given the order now.
    func obstacle(
        _ deployment: Int64,
        bytes: Int64,
        cost: Int64,
        in currency: String,
        _ labels: ShipLabels,
        _ policies: [DeployPolicy]
    ) throws -> String? {
        if let most = Self.enforced(.shipBytes, policies, labels), bytes > most.amount {
            return "it takes \(bytes) bytes, and \(most.name) lets \(most.amount)"
        }
        guard cost > 0, let ceiling = Self.enforced(.costCeiling, policies, labels),
            ceiling.currency == currency
        else { return nil }
        let (_, committed) = try others(deployment, ceiling)
        guard Self.sum(committed, cost) > ceiling.amount else { return nil }
        return "it costs \(cost) micros of \(currency), and of the \(ceiling.amount) of "
            + "\(ceiling.name) \(committed) are spent or spoken for"
    }

    /// Counts bytes that are about to go; they may not where it says why.
    func charge(
        _ count: Int64,
        to deployment: Int64,
        _ policies: [DeployPolicy]
    ) throws -> String? {
        guard
            let row = try connection.execute(SpendingQueries.account, values: key(deployment)).first
        else { return "it is in no deployment \(deployment)" }
        let labels = try ShipLabels(
            JSONDecoder().decode([String: String].self, from: Data(try row.text("labels").utf8))
        )
        let total = Self.sum(try row.int64("spent"), count)
        if let most = Self.enforced(.shipBytes, policies, labels), total > most.amount {
            return "\(most.name) lets \(most.amount) bytes go to it"
        }
        var granted = try row.int64("granted")
        if total > granted {
            granted = Self.sum(total, Self.stretch)
            let price = try row.int64("price_micros")
            if price > 0, let ceiling = Self.enforced(.costCeiling, policies, labels),
                try ceiling.currency == row.text("currency")
            {
                let (spent, _) = try others(deployment, ceiling)
                // The last stretch is as long as the money lasts.
                granted = min(granted, Self.bytes(for: ceiling.amount - spent, price))
                guard total <= granted else {
                    return
                        "of the \(ceiling.amount) micros of \(ceiling.name) nothing is left for it"
                }
            }
        }
        try connection.execute(
            SpendingQueries.charge,
            values: key(deployment) + [.int64(count), .int64(granted)]
        )
        return nil
    }

    private func others(
        _ deployment: Int64,
        _ ceiling: DeployPolicy
    ) throws -> (spent: Int64, committed: Int64) {
        try connection.execute(SpendingQueries.lock, .int64(deployment))
        let row = try connection.execute(
            SpendingQueries.others,
            values: key(deployment) + [.text(ceiling.name), .text(ceiling.currency)]
        ).first
        return (try row?.int64("let") ?? 0, try row?.int64("committed") ?? 0)
    }

    private static func enforced(
        _ kind: DeployPolicy.Kind,
        _ policies: [DeployPolicy],
        _ labels: ShipLabels
    ) -> DeployPolicy? {
        DeployPolicy.holding(kind, policies, labels).flatMap { $0.isDryRun ? nil : $0 }
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    /// That so much money pays.
    private static func bytes(for micros: Int64, _ price: Int64) -> Int64 {
        guard micros > 0 else { return 0 }
        let bytes = (Double(micros) / Double(price) * 1_000_000).rounded(.down)
        return bytes < 9e18 ? Int64(bytes) : .max
    }
}
