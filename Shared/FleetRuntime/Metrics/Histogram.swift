import Synchronization

/// A distribution over fixed buckets: how long requests took, how large segments are.
package final class Histogram: MetricFamily {
    /// From 1 ms to 100 s: a local query to a hello over a satellite link that is nearly gone.
    package static let secondsBuckets: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100,
    ]

    /// From 256 B to 64 MiB in steps of four.
    package static let bytesBuckets: [Double] = [
        256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216, 67_108_864,
    ]

    private struct Distribution {
        var counts: [UInt64]
        var sum = 0.0
    }

    let declaration: MetricDeclaration
    private let buckets: [Double]
    private let limit: Int
    private let distributions = Mutex<[[String]: Distribution]>([:])

    init(declaration: MetricDeclaration, buckets: [Double], limit: Int) {
        precondition(!buckets.isEmpty, "\(declaration.name) needs a bucket")
        precondition(buckets.allSatisfy(\.isFinite), "\(declaration.name): +Inf is added for you")
        precondition(
            zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 },
            "\(declaration.name): the bounds must ascend"
        )
        self.declaration = declaration
        self.buckets = buckets
        self.limit = limit
        if declaration.labels.isEmpty {
            distributions.withLock { $0[[]] = empty }
        }
    }

    private var empty: Distribution {
        Distribution(counts: Array(repeating: 0, count: buckets.count + 1))
    }

    /// Counts one value in the series with these label values.
    package func observe(_ value: Double, _ labelValues: String...) {
        observe(value, labels: labelValues)
    }

    /// Counts a time in seconds.
    package func observe(_ duration: Duration, _ labelValues: String...) {
        let (seconds, attoseconds) = duration.components
        observe(Double(seconds) + Double(attoseconds) / 1e18, labels: labelValues)
    }

    /// Counts one value in the series whose label values are computed.
    ///
    /// `NaN` falls into the last bucket and, like the infinities, is left out of the sum.
    package func observe(_ value: Double, labels labelValues: [String]) {
        declaration.check(labelValues)
        let index = buckets.firstIndex { value <= $0 } ?? buckets.count
        distributions.withLock { distributions in
            let isKnown = distributions[labelValues] != nil
            let key = isKnown || distributions.count < limit ? labelValues : declaration.overflow
            var distribution = distributions[key] ?? empty
            distribution.counts[index] += 1
            if value.isFinite { distribution.sum += value }
            distributions[key] = distribution
        }
    }

    func write(to text: inout PrometheusText) {
        let all = distributions.withLock { $0 }
        let name = declaration.name
        let labels = declaration.labels
        for (values, distribution) in all.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            var cumulative: UInt64 = 0
            for (bound, count) in zip(buckets + [.infinity], distribution.counts) {
                cumulative += count
                text.sample(
                    "\(name)_bucket",
                    labels: labels + ["le"],
                    values + [PrometheusText.number(bound)],
                    Double(cumulative)
                )
            }
            text.sample("\(name)_sum", labels: labels, values, distribution.sum)
            text.sample("\(name)_count", labels: labels, values, Double(cumulative))
        }
    }
}
