/// What the exporter declared a metric to be (`# TYPE`). Raw values are wire and table values.
package enum SeriesKind: UInt8, Sendable, CaseIterable {
    case unknown = 0
    case counter = 1
    case gauge = 2
    case histogram = 3
    case summary = 4
    case info = 5
    case stateSet = 6
    case gaugeHistogram = 7
}
