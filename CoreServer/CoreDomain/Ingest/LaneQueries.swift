import CorePostgres

/// Positions of lanes, and the durable parts of unfinished segments.
enum LaneQueries {
    static let ensure = Statement(
        "ensure_lane_position",
        """
        INSERT INTO hawser.lane_positions (
            tenant_id, ship_id, epoch, lane, next_sequence, chain, stored_records, stored_bytes,
            quarantined_records, started_at, moved_at
        )
        VALUES (
            $1::bigint, $2::bigint, $3::bigint, $4::smallint, 0, $5::bytea, 0, 0, 0,
            $6::timestamptz, $6::timestamptz
        )
        ON CONFLICT DO NOTHING
        """
    )

    static let lock = Statement(
        "lock_lane_positions",
        """
        SELECT lane::integer, next_sequence, chain
        FROM hawser.lane_positions
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
        ORDER BY lane
        FOR UPDATE
        """
    )

    static let move = Statement(
        "move_lane_position",
        """
        UPDATE hawser.lane_positions
        SET next_sequence = $5::bigint,
            chain = $6::bytea,
            stored_records = stored_records + $7::bigint,
            stored_bytes = stored_bytes + $8::bigint,
            quarantined_records = quarantined_records + $9::bigint,
            moved_at = $10::timestamptz,
            refused_records = refused_records + $11::bigint
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND lane = $4::smallint
        """
    )

    static let staged = Statement(
        "staged_parts",
        """
        SELECT start_offset, body
        FROM hawser.lane_staging
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND lane = $4::smallint AND sequence = $5::bigint
        ORDER BY start_offset
        """
    )

    static let stage = Statement(
        "stage_part",
        """
        INSERT INTO hawser.lane_staging
            (tenant_id, ship_id, epoch, lane, sequence, start_offset, body)
        VALUES
            ($1::bigint, $2::bigint, $3::bigint, $4::smallint, $5::bigint, $6::bigint, $7::bytea)
        ON CONFLICT DO NOTHING
        RETURNING start_offset
        """
    )

    static let unstageShorter = Statement(
        "unstage_shorter_part",
        """
        DELETE FROM hawser.lane_staging
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND lane = $4::smallint AND sequence = $5::bigint AND start_offset = $6::bigint
            AND octet_length(body) < $7::integer
        """
    )

    static let unstage = Statement(
        "unstage_parts",
        """
        DELETE FROM hawser.lane_staging
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
            AND lane = $4::smallint AND sequence < $5::bigint
        """
    )

    static let quarantine = Statement(
        "quarantine_segment",
        """
        INSERT INTO hawser.quarantined_segments (
            tenant_id, ship_id, epoch, lane, sequence, received_at, record_count, reason, body
        )
        VALUES (
            $1::bigint, $2::bigint, $3::bigint, $4::smallint, $5::bigint, $6::timestamptz,
            $7::bigint, $8::text, $9::bytea
        )
        """
    )

    static let tail = Statement(
        "lane_tail",
        """
        SELECT body
        FROM hawser.lane_tails
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
        ORDER BY sequence
        LIMIT 65
        """
    )

    static let cutTail = Statement(
        "cut_lane_tail",
        """
        DELETE FROM hawser.lane_tails
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
        """
    )

    static let addTail = Statement(
        "add_lane_tail",
        """
        INSERT INTO hawser.lane_tails (tenant_id, ship_id, epoch, sequence, body)
        VALUES ($1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bytea)
        """
    )

    static let ledger = Statement(
        "tell_ledger",
        """
        INSERT INTO hawser.ship_ledgers
            (tenant_id, ship_id, epoch, lane, produced, lost, stored, pending, degraded, ashore,
            told_at)
        VALUES
            ($1::bigint, $2::bigint, $3::bigint, $4::smallint, $5::bigint, $6::bigint,
            $7::bigint, $8::bigint, $9::bigint,
            -- Raw samples are one account, in whichever lane they came.
            (
                SELECT coalesce(sum(stored_records + quarantined_records), 0)
                FROM hawser.lane_positions
                WHERE tenant_id = $1::bigint AND ship_id = $2::bigint AND epoch = $3::bigint
                    AND (lane = $4::smallint OR $4::smallint = 4 AND lane = 6)
            ),
            $10::timestamptz)
        ON CONFLICT (tenant_id, ship_id, epoch, lane)
        DO UPDATE SET
            produced = greatest(ship_ledgers.produced, excluded.produced),
            lost = greatest(ship_ledgers.lost, excluded.lost),
            stored = excluded.stored,
            pending = excluded.pending,
            degraded = excluded.degraded,
            ashore = excluded.ashore,
            told_at = excluded.told_at
        """
    )

    static let contact = Statement(
        "note_contact",
        """
        INSERT INTO hawser.ship_contacts
            (tenant_id, ship_id, last_contact_at, agent_version, clock_offset_ms)
        VALUES ($1::bigint, $2::bigint, $3::timestamptz, $4::text, $5::bigint)
        ON CONFLICT (tenant_id, ship_id)
        DO UPDATE SET
            last_contact_at = greatest(ship_contacts.last_contact_at, excluded.last_contact_at),
            agent_version = excluded.agent_version,
            clock_offset_ms = excluded.clock_offset_ms
        """
    )

    static let touch = Statement(
        "touch_contact",
        """
        UPDATE hawser.ship_contacts
        SET last_contact_at = greatest(last_contact_at, $3::timestamptz)
        WHERE tenant_id = $1::bigint AND ship_id = $2::bigint
        """
    )

    static let usage = Statement(
        "add_link_usage",
        """
        INSERT INTO hawser.link_usage
            (tenant_id, ship_id, interval_at, connected_ms, bytes_up, bytes_down, sessions)
        VALUES
            ($1::bigint, $2::bigint, $3::timestamptz, $4::bigint, $5::bigint, $6::bigint,
            $7::integer)
        ON CONFLICT (tenant_id, ship_id, interval_at)
        DO UPDATE SET
            connected_ms = link_usage.connected_ms + excluded.connected_ms,
            bytes_up = link_usage.bytes_up + excluded.bytes_up,
            bytes_down = link_usage.bytes_down + excluded.bytes_down,
            sessions = link_usage.sessions + excluded.sessions
        """
    )

    /// Locks the ship until the transaction ends: two epochs of one ship share its series and its
    /// rollups, so their sessions take turns.
    static let revocation = Statement(
        "revocation",
        """
        SELECT s.revoked_at AS ship_revoked_at, c.revoked_at
        FROM hawser.ships AS s
        JOIN hawser.ship_certificates AS c USING (tenant_id, ship_id)
        WHERE s.tenant_id = $1::bigint AND s.ship_id = $2::bigint AND c.fingerprint = $3::bytea
        FOR NO KEY UPDATE OF s
        """
    )

    static let all = [
        ensure, lock, move, staged, stage, unstageShorter, unstage, quarantine, tail, cutTail,
        addTail, ledger, contact, touch, usage,
        revocation,
    ]
}
