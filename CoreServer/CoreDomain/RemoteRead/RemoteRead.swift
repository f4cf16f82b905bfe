import FleetModel

/// Answers Prometheus' remote read from a tenant's whole fleet.
///
/// Each ship's series carry `ship` and `ship_id`, so those of different ships differ; matchers on
/// the two choose ships before anything is read.
package struct RemoteRead: Sendable {
    /// Series of one request. Grafana draws some dozens.
    package static let seriesLimit = 50_000

    /// Samples of one request: 80 MB while it is answered.
    package static let sampleLimit = 5_000_000

    private let ships: Ships
    private let telemetry: Telemetry

    package init(ships: Ships, telemetry: Telemetry) {
        self.ships = ships
        self.telemetry = telemetry
    }

    /// - Throws: `DomainError` `invalid` where a limit is passed.
    package func results(
        tenant: TenantID,
        visible: ShipVisibility,
        _ request: RemoteReadRequest
    ) async throws -> [RemoteReadResult] {
        let fleet = try await ships.list(tenant: tenant, visible: visible)
        var left = (series: Self.seriesLimit, samples: Self.sampleLimit)
        var results: [RemoteReadResult] = []
        for query in request.queries {
            var found: [RemoteReadResult.Series] = []
            for ship in fleet where Self.mayConcern(ship, query.selector) {
                found += try await series(of: ship, query, &left)
            }
            found.sort { $0.labels.precedes($1.labels) }
            results.append(RemoteReadResult(series: found))
        }
        return results
    }

    private static func mayConcern(_ ship: Ship, _ selector: SeriesSelector) -> Bool {
        let own = LabelSet([]).of(ship)
        return selector.matchers.allSatisfy { matcher in
            own[matcher.name].map(matcher.accepts) ?? true
        }
    }

    private func series(
        of ship: Ship,
        _ query: RemoteReadRequest.Query,
        _ left: inout (series: Int, samples: Int)
    ) async throws -> [RemoteReadResult.Series] {
        let series = try await telemetry.allSeries(
            of: ship,
            selectors: [query.selector],
            limit: left.series
        )
        left.series -= series.count
        guard !series.isEmpty else { return [] }
        guard let range = query.range else {
            return series.map { RemoteReadResult.Series(labels: $0.labels, samples: []) }
        }
        var samples: [Int32: [RawSample]] = [:]
        try await telemetry.store.eachDay(
            of: ship.identity,
            range: range,
            only: Set(series.map(\.id)),
            budget: left.samples
        ) { day in
            for (id, found) in day.samples { samples[id, default: []] += found }
            left.samples -= day.count
        }
        return series.compactMap { series in
            guard let found = samples.removeValue(forKey: series.id), !found.isEmpty else {
                return nil
            }
            return RemoteReadResult.Series(labels: series.labels, samples: found.inOrder())
        }
    }
}
