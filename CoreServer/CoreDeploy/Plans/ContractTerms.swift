import CoreDomain
import FleetDeploy

/// An `AcceptanceContract` as the API and the tables have it.
package struct ContractTerms: Codable, Sendable, Hashable {
    package struct HTTP: Codable, Sendable, Hashable {
        package var port: UInt16
        package var path: String
    }

    package struct Metric: Codable, Sendable, Hashable {
        package var selector: String
        /// `below`, `at_most`, `at_least`, `above`.
        package var comparison: String
        package var value: Double
    }

    /// One of the first four.
    package struct Probe: Codable, Sendable, Hashable {
        /// A command's name in the ship's own configuration.
        package var command: String?
        package var http: HTTP?
        package var metric: Metric?
        /// Thousandths.
        package var anomaliesAtMost: UInt32?
        package var intervalSeconds: UInt32?
        package var failures: UInt32?
    }

    package var probes: [Probe]?
    package var soakSeconds: UInt32?
    package var deadManSeconds: UInt32?
    /// `roll_back`, `stay`, `ask`.
    package var atExpiry: String?

    /// - Throws: `DomainError` `invalid`.
    func contract() throws(DomainError) -> AcceptanceContract {
        let standard = AcceptanceContract()
        let expiry: [String: AcceptanceContract.AtExpiry] = [
            "roll_back": .rollBack, "stay": .stay, "ask": .ask,
        ]
        guard let atExpiry = expiry[atExpiry ?? "roll_back"] else {
            throw DomainError(.invalid, "'at_expiry' is roll_back, stay or ask")
        }
        guard (probes?.count ?? 0) <= FleetDeploy.Probe.limit else {
            throw DomainError(.invalid, "at most \(FleetDeploy.Probe.limit) probes")
        }
        var read: [FleetDeploy.Probe] = []
        for probe in probes ?? [] { read.append(try Self.probe(probe)) }
        let soak = soakSeconds ?? standard.soak
        let deadMan = deadManSeconds ?? max(standard.deadMan, soak.addingReportingOverflow(60).0)
        guard soak < deadMan, deadMan <= AcceptanceContract.longest else {
            throw DomainError(
                .invalid,
                "'dead_man_seconds' is more than 'soak_seconds', and at most "
                    + "\(AcceptanceContract.longest)"
            )
        }
        return AcceptanceContract(probes: read, soak: soak, deadMan: deadMan, atExpiry: atExpiry)
    }

    private static func probe(_ terms: Probe) throws(DomainError) -> FleetDeploy.Probe {
        var questions: [FleetDeploy.Probe.Question] = []
        var texts: [String] = []
        if let command = terms.command {
            texts.append(command)
            questions.append(.command(command))
        }
        if let http = terms.http {
            guard http.port > 0, http.path.hasPrefix("/") else {
                throw DomainError(.invalid, "a probe by HTTP has a port and a path from / on")
            }
            texts.append(http.path)
            questions.append(.http(port: http.port, path: http.path))
        }
        if let metric = terms.metric {
            let words: [String: FleetDeploy.Probe.Comparison] = [
                "below": .below, "at_most": .atMost, "at_least": .atLeast, "above": .above,
            ]
            guard let comparison = words[metric.comparison], metric.value.isFinite else {
                throw DomainError(
                    .invalid,
                    "a metric's 'comparison' is below, at_most, at_least or above"
                )
            }
            texts.append(metric.selector)
            questions.append(.metric(selector: metric.selector, comparison, metric.value))
        }
        if let share = terms.anomaliesAtMost { questions.append(.anomalies(atMost: share)) }
        let fits = texts.allSatisfy { 1...FleetDeploy.Probe.textBytes ~= $0.utf8.count }
        guard questions.count == 1, let question = questions.first, fits else {
            throw DomainError(
                .invalid,
                "a probe is one of command, http, metric and anomalies_at_most, its text at most "
                    + "\(FleetDeploy.Probe.textBytes) bytes"
            )
        }
        let (interval, failures) = (terms.intervalSeconds ?? 30, terms.failures ?? 3)
        guard 1...86_400 ~= interval, 1...1000 ~= failures else {
            throw DomainError(
                .invalid,
                "a probe's interval is 1 s to a day, its failures 1 to 1000"
            )
        }
        return FleetDeploy.Probe(question, interval: interval, failures: failures)
    }
}
