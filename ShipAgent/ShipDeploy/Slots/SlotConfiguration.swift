import FleetDeploy

/// What the agent's own configuration says of a slot. Nothing of it ever comes from ashore.
package struct SlotConfiguration: Sendable {
    package let name: SlotName
    package let consumer: Consumer
    /// Commands that a contract may ask for, by name.
    package let probes: [String: [String]]
    /// What a shadow's agreement with its champion is measured by: pairs of series.
    package let comparisons: [Comparison]
    /// Series by which it is known whether a version brings anomalies.
    package let anomalies: [AnomalySource]
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

    /// A series, or several, that are level while all is well.
    package struct AnomalySource: Sendable, Hashable {
        package let series: MetricSelector
        /// Not the values are looked at, but how much they grow a second: for counters.
        package let isRate: Bool
        /// From how many deviations on a value is an anomaly.
        package let deviations: Double

        package init(series: MetricSelector, isRate: Bool = false, deviations: Double = 6) {
            self.series = series
            self.isRate = isRate
            self.deviations = deviations
        }
    }

    package init(
        name: SlotName,
        consumer: Consumer = .none,
        probes: [String: [String]] = [:],
        comparisons: [Comparison] = [],
        anomalies: [AnomalySource] = [],
        timeout: Duration = .seconds(30)
    ) {
        self.name = name
        self.consumer = consumer
        self.probes = probes
        self.comparisons = comparisons
        self.anomalies = anomalies
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
