/// The order to stop a version, wherever it has come to.
package struct Revocation: Sendable, Equatable {
    /// Each does what those before it do. Raw values are wire values.
    package enum Severity: UInt8, Sendable, CaseIterable, Comparable {
        /// No more bytes of it.
        case stopStaging = 1
        /// It is not to be activated; what runs already keeps running.
        case doNotActivate = 2
        /// Where it runs, back to the version before when the activation's rule allows it.
        case rollBackWhenSafe = 3
        case rollBackNow = 4

        package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    package let digest: TreeDigest
    /// Only what this deployment ordered; `nil` for the artifact altogether, from now on.
    package let deployment: UInt64?
    package let severity: Severity

    package init(digest: TreeDigest, deployment: UInt64?, severity: Severity) {
        self.digest = digest
        self.deployment = deployment
        self.severity = severity
    }
}
