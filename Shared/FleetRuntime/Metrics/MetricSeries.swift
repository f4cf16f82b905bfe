import Synchronization

/// The cells of a counter or gauge by label values, bounded in number.
final class MetricSeries: Sendable {
    let declaration: MetricDeclaration
    private let limit: Int
    private let cells: Mutex<[[String]: MetricCell]>

    init(declaration: MetricDeclaration, limit: Int) {
        self.declaration = declaration
        self.limit = limit
        // A metric without labels is there from the start, at zero: alerts on `rate()` need it.
        self.cells = Mutex(declaration.labels.isEmpty ? [[]: MetricCell()] : [:])
    }

    /// The cell of these values; the overflow cell, when there are too many already.
    func cell(_ labelValues: [String]) -> MetricCell {
        declaration.check(labelValues)
        return cells.withLock { cells in
            if let cell = cells[labelValues] { return cell }
            let key = cells.count < limit ? labelValues : declaration.overflow
            if let cell = cells[key] { return cell }
            let cell = MetricCell()
            cells[key] = cell
            return cell
        }
    }

    func remove(_ labelValues: [String]) {
        declaration.check(labelValues)
        _ = cells.withLock { $0.removeValue(forKey: labelValues) }
    }

    func removeAll() {
        cells.withLock { $0.removeAll() }
    }

    func write(to text: inout PrometheusText) {
        let cells = cells.withLock { $0 }
        for (values, cell) in cells.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            text.sample(declaration.name, labels: declaration.labels, values, cell.value)
        }
    }
}
