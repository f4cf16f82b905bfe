/// What the registry needs of each kind of metric.
protocol MetricFamily: Sendable {
    var declaration: MetricDeclaration { get }

    /// Appends every series, in order.
    func write(to text: inout PrometheusText)
}
