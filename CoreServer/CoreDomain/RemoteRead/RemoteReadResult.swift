import FleetModel

/// The series that one query found, in Prometheus' order.
package struct RemoteReadResult: Sendable {
    package struct Series: Sendable {
        package let labels: LabelSet
        /// Ascending, one a moment.
        package let samples: [RawSample]
    }

    package let series: [Series]
}
