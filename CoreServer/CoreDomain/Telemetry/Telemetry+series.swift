import CorePostgres
import FleetModel

extension Telemetry {
    /// Some of a ship's series, and where to go on.
    package struct SeriesPage: Sendable {
        package let series: [FoundSeries]
        /// The id behind which the next page begins; `nil` at the end.
        package let next: Int32?
    }

    /// Series looked at in one request: some 100 MB of labels at the most.
    static let seriesScanLimit = 100_000

    /// Series read from the database at a time.
    private static let seriesPage = 2000

    /// A ship's series that any of the selectors accepts, in the order in which they were first seen.
    ///
    /// A page may hold fewer than `limit`, even none, and yet have a next one: what a request looks
    /// through is bounded.
    package func series(
        of ship: Ship,
        selectors: [SeriesSelector],
        after: Int32? = nil,
        limit: Int
    ) async throws -> SeriesPage {
        var found: [FoundSeries] = []
        var place = after ?? -1
        var scanned = 0
        let equalities = try Self.equalities(of: selectors)
        while scanned < Self.seriesScanLimit {
            let page = try await seriesPage(of: ship, behind: place, equalities)
            for series in page {
                guard found.count < limit else {
                    return SeriesPage(series: found, next: place)
                }
                place = series.id
                if selectors.isEmpty || selectors.contains(where: { $0.accepts(series.labels) }) {
                    found.append(series)
                }
            }
            guard page.count == Self.seriesPage else { return SeriesPage(series: found, next: nil) }
            scanned += page.count
        }
        return SeriesPage(series: found, next: place)
    }

    /// All series of a ship that any of the selectors accepts.
    ///
    /// - Throws: `DomainError` `invalid` where there are more than `limit`.
    func allSeries(
        of ship: Ship,
        selectors: [SeriesSelector],
        limit: Int
    ) async throws -> [FoundSeries] {
        var found: [FoundSeries] = []
        var place: Int32?
        repeat {
            let page = try await series(
                of: ship,
                selectors: selectors,
                after: place,
                limit: limit + 1 - found.count
            )
            found += page.series
            place = page.next
            guard found.count <= limit else {
                throw DomainError(
                    .invalid,
                    "more than \(limit) series are asked for: name more labels"
                )
            }
        } while place != nil
        return found
    }

    /// What the database can look for: of one selector alone, since several are alternatives.
    private static func equalities(
        of selectors: [SeriesSelector]
    ) throws -> (json: String, name: String?) {
        guard selectors.count == 1, let selector = selectors.first else { return ("{}", nil) }
        // The ship's own labels are not in the table, and theirs may be stored under other names.
        let given = [LabelSet.shipLabel, LabelSet.shipIDLabel].flatMap { [$0, "exported_" + $0] }
        let equalities = selector.equalities.filter { !given.contains($0.name) }
        let name = equalities.first { $0.name == LabelSet.nameLabel }?.value
        return (try equalities.json(), name)
    }

    private func seriesPage(
        of ship: Ship,
        behind place: Int32,
        _ equalities: (json: String, name: String?)
    ) async throws -> [FoundSeries] {
        try await pool.transaction(tenant: ship.identity.tenant, readOnly: true) { connection in
            var values: [PostgresValue] = [
                .int64(ship.identity.tenant.rawValue), .int64(ship.identity.ship.rawValue),
                .int32(place), .text(equalities.json), .int32(Int32(Self.seriesPage)),
            ]
            var statement = TelemetryQueries.seriesPage
            if let name = equalities.name {
                statement = TelemetryQueries.namedSeriesPage
                values.append(.text(name))
            }
            return try connection.execute(statement, values: values).map { row in
                FoundSeries(
                    id: try row.int32("series_id"),
                    labels: try LabelSet(json: try row.text("labels")).of(ship),
                    kind: SeriesKind(rawValue: UInt8(clamping: try row.int32("kind"))) ?? .unknown,
                    resolution: try row.optionalText("resolution")
                )
            }
        }
    }
}
