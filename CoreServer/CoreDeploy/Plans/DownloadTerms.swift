import CoreDomain
import FleetDeploy

/// A `DownloadRule` as the API and the tables have it.
package struct DownloadTerms: Codable, Sendable, Hashable {
    package var bearers: [String]?
    package var navigation: [String]?
    package var windows: [WindowTerms]?
    package var dailyBytes: UInt64?

    /// - Throws: `DomainError` `invalid`.
    func rule() throws(DomainError) -> DownloadRule {
        guard (bearers?.count ?? 0) <= DownloadRule.bearerLimit else {
            throw DomainError(.invalid, "download: at most \(DownloadRule.bearerLimit) bearers")
        }
        guard dailyBytes.map({ 1...UInt64(Int64.max) ~= $0 }) ?? true else {
            throw DomainError(.invalid, "'daily_bytes' is 1 or more")
        }
        return DownloadRule(
            bearers: Set(bearers ?? []),
            navigation: try ActivationTerms.navigation(navigation ?? []),
            windows: try WindowTerms.windows(windows ?? []),
            dailyBytes: dailyBytes
        )
    }
}
