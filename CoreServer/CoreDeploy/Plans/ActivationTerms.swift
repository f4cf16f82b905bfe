import CoreDomain
import FleetDeploy
import FleetModel

/// An `ActivationRule` as the API and the tables have it.
package struct ActivationTerms: Codable, Sendable, Hashable {
    /// `in_port`, `at_anchor`, `under_way`; anywhere where there is none.
    package var navigation: [String]?
    package var longestFactAgeSeconds: UInt32?
    package var windows: [WindowTerms]?
    package var attended: Bool?
    package var labels: [String: String]?
    package var notBefore: String?
    package var notAfter: String?

    /// - Throws: `DomainError` `invalid`.
    func rule() throws(DomainError) -> ActivationRule {
        guard (labels?.count ?? 0) <= ActivationRule.labelLimit else {
            throw DomainError(
                .invalid,
                "activation: at most \(ActivationRule.labelLimit) labels"
            )
        }
        return ActivationRule(
            navigation: try Self.navigation(navigation ?? []),
            longestFactAge: longestFactAgeSeconds,
            windows: try WindowTerms.windows(windows ?? []),
            needsAttendance: attended ?? false,
            labels: labels ?? [:],
            notBefore: try Self.moment(notBefore, "not_before"),
            notAfter: try Self.moment(notAfter, "not_after")
        )
    }

    static func navigation(
        _ words: [String]
    ) throws(DomainError) -> Set<ShipFacts.Navigation> {
        var found: Set<ShipFacts.Navigation> = []
        for word in words {
            guard let one = ShipFacts.Navigation.allCases.first(where: { $0.description == word })
            else {
                throw DomainError(.invalid, "'navigation' is of in_port, at_anchor and under_way")
            }
            found.insert(one)
        }
        return found
    }

    static func moment(_ text: String?, _ name: String) throws(DomainError) -> Timestamp? {
        guard let text else { return nil }
        // Within what PostgreSQL stores and people mean.
        guard let moment = Timestamp(parsing: text), moment >= Timestamp(milliseconds: 0),
            moment < Timestamp(seconds: 253_402_300_800)
        else { throw DomainError(.invalid, "'\(name)' is a time such as 2026-11-21T12:00:00Z") }
        return moment
    }
}
