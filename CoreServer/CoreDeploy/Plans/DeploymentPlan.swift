import CoreDomain
import Crypto
import FleetDeploy
import FleetModel

/// A deployment worked out for every ship: what approvals are of.
struct DeploymentPlan: Sendable {
    let request: DeploymentRequest
    let version: DeployedVersion
    let lines: [PlanLine]
    let approvalsNeeded: Int
    let summary: PlanSummary

    /// - Parameters:
    ///   - sizes: of what is built, and of what is not.
    ///   - policies: that hold, dry runs among them.
    /// - Throws: `DomainError` `unprocessable` with every reason why it can't be.
    init(
        _ request: DeploymentRequest,
        _ version: DeployedVersion,
        ships: [PlanShip],
        sizes: PlanSizes,
        policies: [DeployPolicy],
        reasons known: [String],
        warnings noticed: [String] = [],
        at now: Timestamp
    ) throws {
        self.request = request
        self.version = version
        var reasons = known
        if let deadline = try request.deadlineAt, deadline <= now {
            reasons.append("the deadline is past")
        }
        let planner = WavePlanner(ships, request)
        reasons += planner.reasons
        let rule = try (request.download ?? DownloadTerms()).rule()
        lines = ships.indices.compactMap { index in
            planner.waves[index].map {
                Self.line(ships[index], wave: $0 + 1, version, sizes, rule)
            }
        }
        let labels = Dictionary(
            uniqueKeysWithValues: zip(ships.map(\.id), ships.map(\.labels))
        )
        let judged = DeployPolicy.judge(policies, lines, labels)
        reasons += judged.reasons
        approvalsNeeded = max(request.approvals ?? 0, judged.approvals)
        guard reasons.isEmpty else {
            throw DomainError(
                .unprocessable,
                "the plan can't be: " + reasons.joined(separator: "; ")
            )
        }
        let warnings = try noticed + judged.warnings + Self.warnings(lines, request, now)
        summary = PlanSummary(lines, request, warnings: warnings)
    }

    private static func line(
        _ ship: PlanShip,
        wave: Int,
        _ version: DeployedVersion,
        _ sizes: PlanSizes,
        _ rule: DownloadRule
    ) -> PlanLine {
        let isHeld = ship.held.contains(version.digest)
        let way =
            isHeld
            ? PlanSizes.Way(base: nil, bytes: 0, isEstimate: false) : sizes.way(for: ship)
        return PlanLine(
            ship: ship.id,
            wave: wave,
            replaces: ship.current,
            base: way.base,
            method: isHeld ? .held : way.base == nil ? .full : .delta,
            bytes: way.bytes,
            isEstimate: way.isEstimate,
            forecast: TransferForecast(bytes: way.bytes, over: ship.bearers, ship.link, rule),
            usualSilence: ship.link.usualSilence
        )
    }

    private static func warnings(
        _ lines: [PlanLine],
        _ request: DeploymentRequest,
        _ now: Timestamp
    ) throws -> [String] {
        var warnings: [String] = []
        let estimates = lines.count { $0.isEstimate }
        if estimates > 0 {
            warnings.append(
                "of \(estimates) ships' bytes only an estimate is known, the most that it takes: plan anew when their "
                    + "deltas are built"
            )
        }
        let unknown = lines.count { $0.forecast.p90 == nil }
        if unknown > 0 {
            warnings.append("of \(unknown) ships' links too little is known for a forecast")
        }
        if let deadline = try request.deadlineAt {
            let left = (deadline - now).milliseconds / 1000
            let late = lines.count { $0.forecast.p50.map { $0 > left } ?? false }
            if late > 0 { warnings.append("\(late) ships are unlikely to be done by the deadline") }
        }
        return warnings
    }

    /// Everything that an approval is of, in one order.
    var canonical: String {
        get throws {
            var text = "hawser deployment plan 1\n\(try request.canonical)\n"
            text += "\(version.digest) \(version.size) \(approvalsNeeded)\n"
            for line in lines.sorted(by: {
                ($0.wave, $0.ship.rawValue) < ($1.wave, $1.ship.rawValue)
            }) {
                text += line.text
                text += "\n"
            }
            return text
        }
    }

    var digest: [UInt8] {
        get throws { Array(SHA256.hash(data: Array(try canonical.utf8))) }
    }
}
