import FleetDeploy

/// What the agent's own configuration says of a slot. Nothing of it ever comes from ashore.
package struct SlotConfiguration: Sendable {
    package let name: SlotName
    package let consumer: Consumer
    /// Commands that a contract may ask for, by name.
    package let probes: [String: [String]]
    /// What a shadow's agreement with its champion is measured by: pairs of series.
    package let comparisons: [Comparison]
    /// How long a command may take.
    package let timeout: Duration

    package struct Comparison: Sendable, Equatable {
        package let champion: MetricSelector
        package let candidate: MetricSelector
        /// Values this far apart agree.
        package let tolerance: Double

        package init(champion: MetricSelector, candidate: MetricSelector, tolerance: Double) {
            self.champion = champion
            self.candidate = candidate
            self.tolerance = tolerance
        }
    }

    package init(
        name: SlotName,
        consumer: Consumer = .none,
        probes: [String: [String]] = [:],
        comparisons: [Comparison] = [],
        timeout: Duration = .seconds(30)
    ) {
        self.name = name
        self.consumer = consumer
        self.probes = probes
        self.comparisons = comparisons
        self.timeout = timeout
    }

    /// How the program that uses the artifact learns that there is another one.
    package enum Consumer: Sendable, Equatable {
        /// It looks at the link by itself.
        case none
        case signal(Int32, pidFile: String)
        case command([String])
    }
}
