/// A number that only grows: frames sent, bytes dropped, seconds spent.
package struct Counter: MetricFamily {
    let series: MetricSeries
    var declaration: MetricDeclaration { series.declaration }

    /// Adds to the series with these label values, in the declared order.
    package func increment(by amount: Int = 1, _ labelValues: String...) {
        increment(by: Double(amount), labels: labelValues)
    }

    /// Adds a fraction, for counters of seconds.
    package func increment(by amount: Double, _ labelValues: String...) {
        increment(by: amount, labels: labelValues)
    }

    /// Adds to the series whose label values are computed.
    ///
    /// - Parameter amount: at least zero; `NaN` and negative amounts are our own mistake.
    package func increment(by amount: Double, labels: [String]) {
        precondition(amount >= 0, "\(declaration.name) only grows")
        series.cell(labels).add(amount)
    }

    /// Makes a series appear at zero before its first event, so that `rate()` sees that event.
    package func declareSeries(_ labelValues: String...) {
        _ = series.cell(labelValues)
    }

    /// The current sum of a series, for tests and status pages. Zero where nothing was counted.
    package func value(_ labelValues: String...) -> Double {
        series.cell(labelValues).value
    }

    /// Adopts a total that something else keeps, such as the kernel's count of our CPU time.
    package func adopt(total: Double, _ labelValues: String...) {
        series.cell(labelValues).set(total)
    }

    func write(to text: inout PrometheusText) {
        series.write(to: &text)
    }
}
