import CoreDomain
import FleetModel

/// A report for programs. Keys are added, never renamed or removed; what is unknown is `null`.
///
/// - `tenant`, `from`, `to`, `generated_at`: a name and RFC 3339 times in UTC. `to` is exclusive.
/// - `ships[]`:
///   - `name`, `revoked`, `last_contact` (RFC 3339), `agent_version`.
///   - `clock_offset_seconds`: positive where the ship's clock is ahead.
///   - `position`: `latitude`, `longitude` (degrees, north and east positive), `at` (RFC 3339); the
///     newest within the range, or `null`.
///   - `link`: `availability` (0…1 of the range, or of what has passed of it), `sessions`,
///     `bytes_up`, `bytes_down` (as TLS carried them).
///   - `samples`: `produced`, `stored`, `pending`, `degraded` (thinned, something stands for them),
///     `lost`, since the ship was first heard: `produced = stored + pending + degraded + lost`. The
///     same as `lanes.metrics`.
///   - `lanes`: the same account for `events`, `catalogue`, `metrics` and `logs`.
///   - `thinned[]`: what stands for samples of the range: `interval_seconds` of the rollups (`null`
///     for hourly counts), `samples`.
///   - `ledger_differences[]`, open ones, newest first, at most 20: `lane`, `kind` (a stable word),
///     `records`, `since` (RFC 3339), `message`.
///   - `quarantined_records`: set aside as damaged; counted in `lost` too.
///   - `host`: `cpu`, `memory`, `disk` (shares 0…1; of the fullest disk, with its `mount`),
///     `network_receive_bytes_per_second`, `network_transmit_bytes_per_second`. Each has `mean`,
///     `max`, `latest` and `points`: pairs of Unix seconds and value, oldest first.
///   - `availability`: pairs of Unix seconds (start of the interval) and connected share 0…1.
///   - `events[]`, newest first, at most 50: `at`, `severity` (`info`, `warning`, `critical`),
///     `kind` (a stable word), `message`.
enum ReportJSON {
    /// Decimals of a share: a hundredth of a percent.
    private static let sharePlaces = 4

    static func render(_ report: FleetReport) -> String {
        let members: [(String, JSONText)] = [
            ("tenant", .string(report.tenant)),
            ("from", time(report.range.from)),
            ("to", time(report.range.to)),
            ("generated_at", time(report.generatedAt)),
            ("ships", .array(report.ships.map(ship))),
        ]
        return object(members).text + "\n"
    }

    private static func ship(_ ship: ShipReport) -> JSONText {
        object([
            ("name", .string(ship.name)),
            ("revoked", .boolean(ship.isRevoked)),
            ("last_contact", ship.lastContact.map(time) ?? .null),
            ("agent_version", ship.agentVersion.map(JSONText.string) ?? .null),
            (
                "clock_offset_seconds",
                ship.clockOffset.map { .decimal($0.inSeconds, places: 3) } ?? .null
            ),
            ("position", ship.position.map(position) ?? .null),
            ("link", link(ship.link)),
            ("samples", ledger(ship.samples)),
            (
                "lanes",
                object(
                    [Lane.events, .catalogue, .metrics, .logs].map { lane in
                        (lane.description, ledger(ship.ledger[lane] ?? LedgerTotals()))
                    }
                )
            ),
            ("quarantined_records", .integer(ship.quarantined)),
            ("thinned", .array(ship.thinned.map(thinned))),
            ("ledger_differences", .array(ship.differences.map(difference))),
            ("host", host(ship)),
            ("availability", points(ship.availabilityLine, places: sharePlaces)),
            ("events", .array(ship.events.map(event))),
        ])
    }

    private static func position(_ position: ShipPosition) -> JSONText {
        object([
            ("latitude", .decimal(position.latitude, places: 6)),
            ("longitude", .decimal(position.longitude, places: 6)),
            ("at", time(position.at)),
        ])
    }

    private static func link(_ link: ShipReport.Link) -> JSONText {
        object([
            ("availability", .decimal(link.availability, places: sharePlaces)),
            ("sessions", .integer(Int64(link.sessions))),
            ("bytes_up", .integer(link.bytesUp)),
            ("bytes_down", .integer(link.bytesDown)),
        ])
    }

    private static func ledger(_ totals: LedgerTotals) -> JSONText {
        object([
            ("produced", .count(totals.produced)),
            ("stored", .count(totals.stored)),
            ("pending", .count(totals.pending)),
            ("degraded", .count(totals.degraded)),
            ("lost", .count(totals.lost)),
        ])
    }

    private static func thinned(_ thinned: ShipReport.Thinned) -> JSONText {
        let isCounted = thinned.rung == .counts
        let seconds = thinned.rung.interval.map { $0.milliseconds / 1000 }
        return object([
            ("interval_seconds", isCounted ? .null : seconds.map { .integer($0) } ?? .null),
            ("samples", .count(thinned.samples)),
        ])
    }

    private static func difference(_ difference: LedgerDifference) -> JSONText {
        object([
            ("lane", .string(difference.lane.description)),
            ("kind", .string(difference.kind.rawValue)),
            ("records", .count(difference.records)),
            ("since", time(difference.foundAt)),
            ("message", .string(difference.sentence)),
        ])
    }

    private static func host(_ ship: ShipReport) -> JSONText {
        let mount = ship.diskMount.map(JSONText.string) ?? .null
        return object([
            ("cpu", object(line(ship.processor, places: sharePlaces))),
            ("memory", object(line(ship.memory, places: sharePlaces))),
            ("disk", object([("mount", mount)] + line(ship.disk, places: sharePlaces))),
            ("network_receive_bytes_per_second", object(line(ship.networkReceive, places: 1))),
            ("network_transmit_bytes_per_second", object(line(ship.networkTransmit, places: 1))),
        ])
    }

    private static func line(_ line: ShipReport.Line, places: Int) -> [(String, JSONText)] {
        let known = line.finite
        return [
            ("mean", known.mean.map { .decimal($0, places: places) } ?? .null),
            ("max", known.maximum.map { .decimal($0, places: places) } ?? .null),
            ("latest", known.latest.map { .decimal($0, places: places) } ?? .null),
            ("points", points(known, places: places)),
        ]
    }

    private static func points(_ line: ShipReport.Line, places: Int) -> JSONText {
        .array(
            line.finite.points.map { at, value in
                let seconds = JSONText.decimal(Double(at.milliseconds) / 1000, places: 3)
                return .array([seconds, .decimal(value, places: places)])
            }
        )
    }

    private static func event(_ event: FleetEvent) -> JSONText {
        object([
            ("at", time(event.at)),
            ("severity", .string(event.severity.description)),
            ("kind", .string(event.kind)),
            ("message", .string(event.message)),
        ])
    }

    private static func time(_ moment: Timestamp) -> JSONText { .string(moment.description) }

    private static func object(_ members: [(String, JSONText)]) -> JSONText {
        .object(members.map { (key: $0.0, value: $0.1) })
    }
}
