import FleetModel
import GRDB

extension StoreWriter {
    /// In a store that has never rounded anything, the index is empty and this costs nothing.
    static let resolutionSchema = """
        ALTER TABLE series ADD COLUMN resolution TEXT;
        CREATE INDEX series_resolution ON series (number) WHERE resolution IS NOT NULL;
        """

    /// The batches with every series that declares a resolution rounded to it.
    ///
    /// Asked of the table and not of memory: another process may have entered the series.
    func rounded(_ batches: [SampleBatch]) throws -> [SampleBatch] {
        let statement = try db.cachedStatement(
            sql: "SELECT number, resolution FROM series WHERE resolution IS NOT NULL"
        )
        var resolutions: [SeriesNumber: Resolution] = [:]
        let rows = try Row.fetchCursor(statement)
        while let row = try rows.next() {
            let number = SeriesNumber(UInt32(truncatingIfNeeded: row["number"] as Int64))
            resolutions[number] = Resolution(row["resolution"] as String)
        }
        guard !resolutions.isEmpty else { return batches }
        return batches.map { batch in
            SampleBatch(
                group: batch.group,
                at: batch.at,
                numbers: batch.numbers,
                values: zip(batch.numbers, batch.values).map { number, value in
                    resolutions[number]?.rounded(value) ?? value
                }
            )
        }
    }
}
