import Synchronization

/// Every metric of a process, declared once each, and their exposition as Prometheus text.
///
/// Declare metrics where the process is put together and pass the handles on. Declaring the same
/// name again gives the same metric if kind and labels agree, so that several instances of a
/// component share one; a contradiction is our own mistake and stops the process.
///
/// Recording takes one short lock per metric (none, for a series held on to). `exposition()`
/// costs about a microsecond per series.
package final class MetricsRegistry: Sendable {
    /// Series one metric may have before the rest is counted together under `overflow`.
    ///
    /// Prometheus advises to stay below ten values per label; a thousand leaves room for a route
    /// table times status codes, and bounds one metric to some 200 kB.
    package static let defaultSeriesLimit = 1000

    private struct State {
        var families: [String: any MetricFamily] = [:]
        var updates: [@Sendable () -> Void] = []
    }

    private let seriesLimit: Int
    private let state = Mutex(State())

    /// - Parameter seriesLimit: how many series each metric may have.
    package init(seriesLimit: Int = MetricsRegistry.defaultSeriesLimit) {
        precondition(seriesLimit > 0, "a metric needs room for a series")
        self.seriesLimit = seriesLimit
    }

    /// Declares a number that only grows, named `…_total`.
    package func counter(_ name: String, help: String, labels: [String] = []) -> Counter {
        declare(MetricDeclaration(name: name, help: help, kind: .counter, labels: labels)) {
            Counter(series: MetricSeries(declaration: $0, limit: seriesLimit))
        }
    }

    /// Declares a number that goes up and down.
    package func gauge(_ name: String, help: String, labels: [String] = []) -> Gauge {
        declare(MetricDeclaration(name: name, help: help, kind: .gauge, labels: labels)) {
            Gauge(series: MetricSeries(declaration: $0, limit: seriesLimit))
        }
    }

    /// Declares a distribution over fixed buckets.
    ///
    /// - Parameter buckets: the upper bounds, ascending and finite; `+Inf` is added.
    package func histogram(
        _ name: String,
        help: String,
        labels: [String] = [],
        buckets: [Double] = Histogram.secondsBuckets
    ) -> Histogram {
        declare(MetricDeclaration(name: name, help: help, kind: .histogram, labels: labels)) {
            Histogram(declaration: $0, buckets: buckets, limit: seriesLimit)
        }
    }

    /// Runs `update` before each exposition, to set gauges that are read rather than tracked.
    ///
    /// It runs on the caller's thread and must not block.
    package func beforeExposition(_ update: @escaping @Sendable () -> Void) {
        state.withLock { $0.updates.append(update) }
    }

    /// All metrics in the Prometheus text format 0.0.4, sorted by name and label values.
    ///
    /// Serve it as `text/plain; version=0.0.4; charset=utf-8`.
    package func exposition() -> String {
        for update in state.withLock({ $0.updates }) { update() }
        let families = state.withLock { Array($0.families.values) }
        var text = PrometheusText()
        for family in families.sorted(by: { $0.declaration.name < $1.declaration.name }) {
            text.begin(family.declaration)
            family.write(to: &text)
        }
        return text.text
    }

    private func declare<Family: MetricFamily>(
        _ declaration: MetricDeclaration,
        make: (MetricDeclaration) -> Family
    ) -> Family {
        state.withLock { state in
            guard let existing = state.families[declaration.name] else {
                let family = make(declaration)
                state.families[declaration.name] = family
                return family
            }
            guard let family = existing as? Family,
                family.declaration.labels == declaration.labels
            else {
                preconditionFailure("\(declaration.name) was declared as another metric before")
            }
            return family
        }
    }
}
