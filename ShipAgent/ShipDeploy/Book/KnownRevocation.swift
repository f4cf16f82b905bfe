import FleetDeploy

/// A revocation that holds from when it was taken on.
package struct KnownRevocation: Codable, Sendable, Equatable {
    package let digest: TreeDigest
    /// `nil`: of every deployment.
    package let deployment: UInt64?
    private let level: UInt8

    package init(_ revocation: Revocation) {
        digest = revocation.digest
        deployment = revocation.deployment
        level = revocation.severity.rawValue
    }

    package var severity: Revocation.Severity {
        // Of a newer program's book: the strongest that this one knows.
        Revocation.Severity(rawValue: level) ?? .rollBackNow
    }

    package func concerns(_ digest: TreeDigest, of deployment: UInt64?) -> Bool {
        self.digest == digest && (self.deployment == nil || self.deployment == deployment)
    }
}
