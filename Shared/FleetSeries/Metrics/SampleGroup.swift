import FleetModel

/// The samples of one group of a segment, by column.
package struct SampleGroup: Sendable, Equatable {
    package let group: UInt32
    /// Milliseconds since 1970, one per row (that is, per batch), in the order of the batches.
    package let timestamps: [Int64]
    /// By ascending series number.
    package let columns: [SeriesColumn]

    package init(group: UInt32, timestamps: [Int64], columns: [SeriesColumn]) {
        self.group = group
        self.timestamps = timestamps
        self.columns = columns
    }

    package var sampleCount: Int { columns.reduce(0) { $0 + $1.values.count } }

    /// One batch per row, its series in ascending order.
    package func batches() -> [SampleBatch] {
        var numbers = [[SeriesNumber]](repeating: [], count: timestamps.count)
        var values = [[Double]](repeating: [], count: timestamps.count)
        for column in columns {
            switch column.rows {
            case .all:
                for (row, value) in zip(timestamps.indices, column.values) {
                    numbers[row].append(column.number)
                    values[row].append(value)
                }
            case .some(let rows):
                for (row, value) in zip(rows, column.values) {
                    numbers[row].append(column.number)
                    values[row].append(value)
                }
            }
        }
        return timestamps.indices.map { row in
            SampleBatch(
                group: group,
                at: Timestamp(milliseconds: timestamps[row]),
                numbers: numbers[row],
                values: values[row]
            )
        }
    }
}
