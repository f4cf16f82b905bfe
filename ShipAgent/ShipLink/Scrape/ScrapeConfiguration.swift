import FleetModel
import ShipDomain

/// One exporter to read.
package struct ScrapeConfiguration: Sendable {
    package var job: String
    package var instance: String
    package var url: String
    package var interval: Duration
    package var timeout: Duration
    package var labels: LabelSet
    package var honorLabels: Bool
    package var honorTimestamps: Bool
    package var sampleLimit: Int
    package var bodyLimit: Int
    /// PEM file of the authority that an https exporter is verified with; the system's if `nil`.
    package var authorityFile: String?
    /// File with a bearer token.
    package var tokenFile: String?
    /// What each new series passes: this target's own rules, then the ship's.
    package var gate: LabelGate

    package init(
        job: String,
        instance: String,
        url: String,
        interval: Duration,
        timeout: Duration,
        labels: LabelSet,
        honorLabels: Bool,
        honorTimestamps: Bool,
        sampleLimit: Int,
        bodyLimit: Int,
        authorityFile: String?,
        tokenFile: String?,
        gate: LabelGate = LabelGate()
    ) {
        self.job = job
        self.instance = instance
        self.url = url
        self.interval = interval
        self.timeout = timeout
        self.labels = labels
        self.honorLabels = honorLabels
        self.honorTimestamps = honorTimestamps
        self.sampleLimit = sampleLimit
        self.bodyLimit = bodyLimit
        self.authorityFile = authorityFile
        self.tokenFile = tokenFile
        self.gate = gate
    }

    /// What the identities of all scraped targets begin with.
    package static let identityPrefix = "scrape "

    /// What makes it the same target after a restart.
    package var identity: String { "\(Self.identityPrefix)\(job) \(instance)" }
}
