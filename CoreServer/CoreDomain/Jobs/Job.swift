import FleetModel

/// Work that comes again and again, of one tenant.
package struct Job: Sendable, Hashable {
    package struct Kind: Sendable, Hashable {
        /// As stored, and as metrics call it.
        package let name: String

        package static let compaction = Self(name: "compaction")
        package static let rollupCompaction = Self(name: "rollup-compaction")
        package static let retention = Self(name: "retention")
        package static let usage = Self(name: "usage")
        package static let auditSeal = Self(name: "audit-seal")
        package static let artifactCollection = Self(name: "artifact-collection")
        package static let artifactScrub = Self(name: "artifact-scrub")
        package static let deployments = Self(name: "deployments")
        package static let linkDays = Self(name: "link-days")
        package static let deltas = Self(name: "deltas")
        package static let deltaUpkeep = Self(name: "delta-upkeep")
        package static func forwarding(to target: String) -> Self {
            Self(name: "forwarding/\(target)")
        }
    }

    package let tenant: TenantID
    package let kind: Kind
    /// What it is about: a ship's number, or 0.
    package let subject: Int64

    package init(tenant: TenantID, kind: Kind, subject: Int64) {
        self.tenant = tenant
        self.kind = kind
        self.subject = subject
    }
}
