/// What a token may do within its tenant. Each role may do all that those before it may.
package enum APIRole: String, Sendable, CaseIterable, Comparable {
    /// Reads reports.
    case viewer
    /// Runs ships.
    case `operator`
    /// Runs the tenant.
    case admin

    package static func < (left: Self, right: Self) -> Bool {
        allCases.firstIndex(of: left) ?? 0 < allCases.firstIndex(of: right) ?? 0
    }
}
