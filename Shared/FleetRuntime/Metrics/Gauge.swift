/// A number that goes up and down: bytes queued, connections open, a moment in seconds.
package struct Gauge: MetricFamily {
    let series: MetricSeries
    var declaration: MetricDeclaration { series.declaration }

    /// Sets the series with these label values, in the declared order.
    package func set(_ value: Double, _ labelValues: String...) {
        series.cell(labelValues).set(value)
    }

    /// Sets the series with these label values to a whole number.
    package func set(_ value: Int, _ labelValues: String...) {
        series.cell(labelValues).set(Double(value))
    }

    /// Adds, or subtracts a negative amount.
    package func add(_ amount: Double, _ labelValues: String...) {
        series.cell(labelValues).add(amount)
    }

    /// Adds a whole number, or subtracts a negative one.
    package func add(_ amount: Int, _ labelValues: String...) {
        series.cell(labelValues).add(Double(amount))
    }

    /// Forgets a series, for a thing that is gone.
    package func remove(_ labelValues: String...) {
        series.remove(labelValues)
    }

    /// Forgets every series, before setting those that exist now.
    package func removeAll() {
        series.removeAll()
    }

    /// The current value, for tests and status pages. Zero where nothing was set.
    package func value(_ labelValues: String...) -> Double {
        series.cell(labelValues).value
    }

    func write(to text: inout PrometheusText) {
        series.write(to: &text)
    }
}
