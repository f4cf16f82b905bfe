import CoreDomain
import CorePostgres
import FleetModel
import Foundation
import Logging

/// Looks into the shore's database beside the running server, as the server's own role.
struct ShoreTables {
    let pool: PostgresPool

    /// What the shore says of one lane of a ship.
    struct Lane {
        let segments: Int64
        let records: Int64
        let bytes: Int64
        let quarantined: Int64
    }

    /// Lends an open view of the cluster below a server's data directory.
    static func with<Result>(
        _ shore: Shore,
        as role: String = ClusterRoles.server,
        _ body: (ShoreTables) async throws -> Result
    ) async throws -> Result {
        let pool = PostgresPool(
            PostgresPoolConfiguration(
                connectionString: try shore.databaseConnectionString(as: role),
                size: 2,
                statementTimeout: .seconds(120),
                acquireTimeout: .seconds(60),
                applicationName: "test"
            ),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        do {
            let result = try await body(ShoreTables(pool: pool))
            await pool.close()
            return result
        } catch {
            await pool.close()
            throw error
        }
    }

    /// Every stored sample of a ship, under its labels.
    func samples(
        of ship: ShipIdentity,
        from start: Timestamp = Timestamp(seconds: 1_795_000_000)
    ) async throws -> SampleTally {
        let keys = try await series(of: ship)
        var tally = SampleTally()
        let range = try TimeRange(from: start, to: start + .seconds(1_000_000))
        try await Telemetry(pool: pool).eachSample(of: ship, range: range) { sample in
            tally.add(
                keys[sample.series] ?? "a series without labels: \(sample.series)",
                at: sample.at.milliseconds,
                bits: sample.value.bitPattern
            )
        }
        return tally
    }

    /// Samples in the blocks' and chunks' own counts, whatever their time.
    func sampleCount(of ship: ShipIdentity) async throws -> Int64 {
        try await number(
            "test_sample_count",
            "SELECT coalesce(sum(sample_count), 0)::bigint AS n FROM ("
                + "SELECT tenant_id, ship_id, sample_count FROM hawser.sample_blocks UNION ALL "
                + "SELECT tenant_id, ship_id, sample_count FROM hawser.sample_chunks) AS stored "
                + "WHERE tenant_id = $1::bigint AND ship_id = $2::bigint",
            ship
        )
    }

    /// Where ship and shore differ now, people being told of it or not.
    func openDifferences(of ship: ShipIdentity) async throws -> Int64 {
        try await number(
            "test_open_differences",
            "SELECT count(*) AS n FROM hawser.ledger_differences "
                + "WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND resolved_at IS NULL",
            ship
        )
    }

    func eventCount(of ship: ShipIdentity) async throws -> Int64 {
        try await number(
            "test_event_count",
            "SELECT count(*) AS n FROM hawser.events "
                + "WHERE tenant_id = $1::bigint AND ship_id = $2::bigint",
            ship
        )
    }

    /// Events, and the bytes of raw samples that are durable, at one moment: whole segments and the
    /// parts of unfinished ones.
    func arrived(of ship: ShipIdentity) async throws -> (events: Int64, sampleBytes: Int64) {
        try await pool.transaction(tenant: ship.tenant, readOnly: true) { connection in
            let row = try connection.execute(
                Statement(
                    "test_arrived",
                    """
                    SELECT
                        (
                            SELECT count(*)
                            FROM hawser.events
                            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                        ) AS events,
                        (
                            SELECT coalesce(sum(stored_bytes), 0)::bigint
                            FROM hawser.lane_positions
                            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                                AND lane IN (4, 6)
                        ) + (
                            SELECT coalesce(sum(length(body)), 0)::bigint
                            FROM hawser.lane_staging
                            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                                AND lane IN (4, 6)
                        ) AS sample_bytes
                    """
                ),
                .int64(ship.tenant.rawValue),
                .int64(ship.ship.rawValue)
            ).first
            guard let row else { throw EndToEndError("no account") }
            return (try row.int64("events"), try row.int64("sample_bytes"))
        }
    }

    /// Samples of a ship by how many days the ship's clock was ahead of `now` when they were taken.
    func samplesByDay(of ship: ShipIdentity, from now: Timestamp) async throws -> [Int: Int64] {
        let rows = try await pool.transaction(tenant: ship.tenant, readOnly: true) { connection in
            try connection.execute(
                Statement(
                    "test_samples_by_day",
                    """
                    SELECT round((first_at - $3::bigint) / 86400000.0)::integer AS day,
                        sum(sample_count)::bigint AS n
                    FROM hawser.sample_blocks
                    WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                    GROUP BY 1
                    """
                ),
                .int64(ship.tenant.rawValue),
                .int64(ship.ship.rawValue),
                .int64(now.milliseconds)
            ).map { (Int(try $0.int32("day")), try $0.int64("n")) }
        }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// What the shore says of how a ship's clock went, in milliseconds, the newest first.
    func clockOffsets(of ship: ShipIdentity) async throws -> [Int64] {
        let future = Timestamp(seconds: 4_000_000_000)
        return try await ShipClocks(pool: pool).readings(of: ship, before: future, limit: 100)
            .map(\.offset)
    }

    /// Why segments of a ship were set aside.
    func reasonsForQuarantine(of ship: ShipIdentity) async throws -> [String] {
        try await pool.transaction(tenant: ship.tenant, readOnly: true) { connection in
            try connection.execute(
                Statement(
                    "test_quarantine",
                    """
                    SELECT lane::integer AS lane, sequence, reason
                    FROM hawser.quarantined_segments
                    WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                    ORDER BY lane, sequence
                    """
                ),
                .int64(ship.tenant.rawValue),
                .int64(ship.ship.rawValue)
            ).map {
                "\(try $0.int32("lane")), \(try $0.int64("sequence")): \(try $0.text("reason"))"
            }
        }
    }

    /// What the shore itself has said of a ship, the oldest first.
    func shoreEvents(of ship: ShipIdentity) async throws -> [(kind: String, message: String)] {
        try await pool.transaction(tenant: ship.tenant, readOnly: true) { connection in
            try connection.execute(
                Statement(
                    "test_shore_events",
                    """
                    SELECT kind, message
                    FROM hawser.shore_events
                    WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                    ORDER BY raised_at
                    """
                ),
                .int64(ship.tenant.rawValue),
                .int64(ship.ship.rawValue)
            ).map { (try $0.text("kind"), try $0.text("message")) }
        }
    }

    /// The kinds of the events that a ship has sent.
    func eventKinds(of ship: ShipIdentity) async throws -> Set<String> {
        let kinds = try await pool.transaction(tenant: ship.tenant, readOnly: true) { connection in
            try connection.execute(
                Statement(
                    "test_event_kinds",
                    "SELECT DISTINCT kind FROM hawser.events "
                        + "WHERE tenant_id = $1::bigint AND ship_id = $2::bigint"
                ),
                .int64(ship.tenant.rawValue),
                .int64(ship.ship.rawValue)
            ).map { try $0.text("kind") }
        }
        return Set(kinds)
    }

    /// The ship's account of its raw samples over all epochs, and what is stored of them.
    func sampleAccount(
        of ship: ShipIdentity
    ) async throws -> (produced: Int64, stored: Int64, lost: Int64, epochs: Int64) {
        try await pool.transaction(tenant: ship.tenant, readOnly: true) { connection in
            let row = try connection.execute(
                Statement(
                    "test_sample_account",
                    """
                    SELECT
                        (
                            SELECT coalesce(sum(produced), 0)::bigint
                            FROM hawser.ship_ledgers
                            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND lane = 4
                        ) AS produced,
                        (
                            SELECT coalesce(sum(lost), 0)::bigint
                            FROM hawser.ship_ledgers
                            WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND lane = 4
                        ) AS lost,
                        coalesce(sum(stored_records), 0)::bigint AS stored,
                        count(DISTINCT epoch) AS epochs
                    FROM hawser.lane_positions
                    WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND lane IN (4, 6)
                    """
                ),
                .int64(ship.tenant.rawValue),
                .int64(ship.ship.rawValue)
            ).first
            guard let row else { throw EndToEndError("no account") }
            return (
                try row.int64("produced"), try row.int64("stored"), try row.int64("lost"),
                try row.int64("epochs")
            )
        }
    }

    /// Where a ship's lanes stand, by the lanes' names.
    func lanes(of ship: ShipIdentity) async throws -> [String: Lane] {
        let rows = try await pool.transaction(tenant: ship.tenant, readOnly: true) { connection in
            try connection.execute(
                Statement(
                    "test_lanes",
                    """
                    SELECT lane::integer AS lane, next_sequence, stored_records, stored_bytes,
                        quarantined_records
                    FROM hawser.lane_positions
                    WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                    """
                ),
                .int64(ship.tenant.rawValue),
                .int64(ship.ship.rawValue)
            ).map { row in
                (
                    try row.int32("lane"),
                    Lane(
                        segments: try row.int64("next_sequence"),
                        records: try row.int64("stored_records"),
                        bytes: try row.int64("stored_bytes"),
                        quarantined: try row.int64("quarantined_records")
                    )
                )
            }
        }
        var lanes: [String: Lane] = [:]
        for (number, lane) in rows {
            let name = FleetModel.Lane.allCases.first { Int32($0.rawValue) == number }
            lanes[name.map { "\($0)" } ?? "\(number)"] = lane
        }
        return lanes
    }

    /// The shore's ids of a ship's series, and their labels.
    private func series(of ship: ShipIdentity) async throws -> [Int32: String] {
        let rows = try await pool.transaction(tenant: ship.tenant, readOnly: true) { connection in
            try connection.execute(
                Statement(
                    "test_series",
                    """
                    SELECT series_id, labels::text AS labels
                    FROM hawser.series
                    WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
                    """
                ),
                .int64(ship.tenant.rawValue),
                .int64(ship.ship.rawValue)
            ).map { row in
                (try row.int32("series_id"), try row.text("labels"))
            }
        }
        var keys: [Int32: String] = [:]
        for (id, text) in rows {
            let labels = try JSONDecoder().decode([String: String].self, from: Data(text.utf8))
            keys[id] = SampleTally.key(labels)
        }
        return keys
    }

    private func number(
        _ name: String,
        _ sql: String,
        _ ship: ShipIdentity
    ) async throws -> Int64 {
        try await pool.transaction(tenant: ship.tenant, readOnly: true) { connection in
            try connection.execute(
                Statement(name, sql),
                .int64(ship.tenant.rawValue),
                .int64(ship.ship.rawValue)
            ).first?.int64("n") ?? 0
        }
    }
}
