import FleetModel

/// One series' samples within a group.
package struct SeriesColumn: Sendable, Equatable {
    /// Which of the group's rows have a sample of the series.
    package enum Rows: Sendable, Equatable {
        case all
        /// Ascending, as many as there are values.
        case some([Int])
    }

    package let number: SeriesNumber
    package let rows: Rows
    /// In the order of their rows, bit by bit what was sampled.
    package let values: ColumnValues

    package init(number: SeriesNumber, rows: Rows, values: ColumnValues) {
        self.number = number
        self.rows = rows
        self.values = values
    }

    package init(number: SeriesNumber, rows: Rows, values: [Double]) {
        self.init(number: number, rows: rows, values: ColumnValues(values))
    }
}
