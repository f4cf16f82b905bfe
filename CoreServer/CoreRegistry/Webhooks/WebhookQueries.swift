import CorePostgres

enum WebhookQueries {
    private static let columns = """
        webhook_id, name, description, url, events, is_active, sealed_secret IS NOT NULL AS has_secret,
        failures, created_at, updated_at, version
        """

    private static let deliveryColumns = """
        delivery_number, delivery_id::text AS delivery_id, event, state, attempts, due_at, last_status,
        last_error, created_at, decided_at
        """

    // MARK: By people

    static let list = Statement(
        "webhooks",
        """
        SELECT \(columns) FROM hawser.webhooks
        WHERE tenant_id = $1::bigint AND name > $2::text
        ORDER BY name
        LIMIT $3::bigint
        """
    )

    static let byID = Statement(
        "webhook",
        "SELECT \(columns) FROM hawser.webhooks WHERE tenant_id = $1::bigint AND webhook_id = $2::text"
    )

    static let lock = Statement(
        "lock_webhook",
        """
        SELECT \(columns) FROM hawser.webhooks
        WHERE tenant_id = $1::bigint AND webhook_id = $2::text
        FOR UPDATE
        """
    )

    static let secret = Statement(
        "webhook_secret",
        """
        SELECT url, sealed_secret, key_number FROM hawser.webhooks
        WHERE tenant_id = $1::bigint AND webhook_id = $2::text
        """
    )

    static let count = Statement(
        "count_webhooks",
        "SELECT count(*) AS count FROM hawser.webhooks WHERE tenant_id = $1::bigint"
    )

    static let insert = Statement(
        "insert_webhook",
        """
        INSERT INTO hawser.webhooks
            (tenant_id, webhook_id, name, description, url, events, is_active, paused_until,
            created_at, updated_at)
        VALUES (
            $1::bigint, $2::text, $3::text, $4::text, $5::text, $6::text[], $7::boolean,
            $8::timestamptz, $8::timestamptz, $8::timestamptz
        )
        RETURNING \(columns)
        """
    )

    /// Who changes it has another try at once.
    static let update = Statement(
        "update_webhook",
        """
        UPDATE hawser.webhooks
        SET name = $3::text, description = $4::text, url = $5::text, events = $6::text[],
            is_active = $7::boolean, updated_at = $8::timestamptz, failures = 0,
            paused_until = $8::timestamptz, version = version + 1
        WHERE tenant_id = $1::bigint AND webhook_id = $2::text
        RETURNING \(columns)
        """
    )

    static let setSecret = Statement(
        "set_webhook_secret",
        """
        UPDATE hawser.webhooks SET sealed_secret = $3::bytea, key_number = $4::bigint
        WHERE tenant_id = $1::bigint AND webhook_id = $2::text
        """
    )

    static let delete = Statement(
        "delete_webhook",
        "DELETE FROM hawser.webhooks WHERE tenant_id = $1::bigint AND webhook_id = $2::text"
    )

    /// The newest first. An empty text is any.
    static let deliveries = Statement(
        "webhook_deliveries",
        """
        SELECT \(deliveryColumns) FROM hawser.webhook_deliveries
        WHERE tenant_id = $1::bigint AND webhook_id = $2::text AND delivery_number < $3::bigint
            AND ($4::text = '' OR state = $4::text)
        ORDER BY delivery_number DESC
        LIMIT $5::bigint
        """
    )

    /// With a life of its own again.
    static let retry = Statement(
        "retry_webhook_delivery",
        """
        UPDATE hawser.webhook_deliveries
        SET state = 'waiting', attempts = 0, due_at = $4::timestamptz, created_at = $4::timestamptz,
            decided_at = NULL
        WHERE tenant_id = $1::bigint AND webhook_id = $2::text AND delivery_number = $3::bigint
            AND state <> 'waiting'
        RETURNING \(deliveryColumns)
        """
    )

    // MARK: With a change

    static let enqueue = Statement(
        "enqueue_webhook_deliveries",
        """
        INSERT INTO hawser.webhook_deliveries
            (tenant_id, delivery_number, webhook_id, event, body, state, due_at, last_error,
            created_at, decided_at)
        SELECT w.tenant_id, nextval('hawser.webhook_delivery_numbers'), w.webhook_id, $2::text,
            e.body, CASE WHEN f.is_full THEN 'dead' ELSE 'waiting' END, $4::timestamptz,
            CASE WHEN f.is_full THEN 'too many wait for this webhook' END, $4::timestamptz,
            CASE WHEN f.is_full THEN $4::timestamptz END
        FROM hawser.webhooks AS w
        CROSS JOIN unnest($3::text[]) WITH ORDINALITY AS e (body, place)
        CROSS JOIN LATERAL (
            SELECT count(*) >= $5::bigint AS is_full
            FROM (
                SELECT FROM hawser.webhook_deliveries AS d
                WHERE d.tenant_id = w.tenant_id AND d.webhook_id = w.webhook_id
                    AND d.state = 'waiting'
                LIMIT $5::bigint
            ) AS waiting
        ) AS f
        WHERE w.tenant_id = $1::bigint AND w.is_active AND $2::text = ANY (w.events)
        ORDER BY e.place
        """
    )

    // MARK: Delivering

    static let due = Statement(
        "due_webhooks",
        "SELECT tenant_id, webhook_id FROM hawser.due_webhooks($1::timestamptz, $2::integer)"
    )

    /// SKIP LOCKED: replicas that look at the same moment take different ones. The attempt is counted
    /// before it is made, and the lease ends by itself.
    static let claim = Statement(
        "claim_webhook_delivery",
        """
        UPDATE hawser.webhook_deliveries
        SET attempts = attempts + 1, due_at = $4::timestamptz
        WHERE (tenant_id, delivery_number) = (
            SELECT d.tenant_id, d.delivery_number
            FROM hawser.webhook_deliveries AS d
            JOIN hawser.webhooks AS w
                ON w.tenant_id = d.tenant_id AND w.webhook_id = d.webhook_id
            WHERE d.tenant_id = $1::bigint AND d.webhook_id = $2::text AND d.state = 'waiting'
                AND d.due_at <= $3::timestamptz AND w.is_active AND w.paused_until <= $3::timestamptz
            ORDER BY d.delivery_number
            LIMIT 1
            FOR UPDATE OF d SKIP LOCKED
        )
        RETURNING delivery_number, delivery_id::text AS delivery_id, body, attempts, created_at
        """
    )

    /// Of the attempt that was claimed, unless somebody has claimed it since.
    static let settle = Statement(
        "settle_webhook_delivery",
        """
        UPDATE hawser.webhook_deliveries
        SET state = $4::text, due_at = $5::timestamptz, last_status = $6::integer,
            last_error = $7::text, decided_at = $8::timestamptz
        WHERE tenant_id = $1::bigint AND delivery_number = $2::bigint AND attempts = $3::integer
            AND state = 'waiting'
        """
    )

    static let succeed = Statement(
        "webhook_succeeded",
        """
        UPDATE hawser.webhooks SET failures = 0
        WHERE tenant_id = $1::bigint AND webhook_id = $2::text AND failures > 0
        """
    )

    static let pause = Statement(
        "webhook_failed",
        """
        UPDATE hawser.webhooks SET failures = $3::integer, paused_until = $4::timestamptz
        WHERE tenant_id = $1::bigint AND webhook_id = $2::text
        """
    )

    static let failures = Statement(
        "webhook_failures",
        """
        SELECT failures FROM hawser.webhooks
        WHERE tenant_id = $1::bigint AND webhook_id = $2::text
        FOR UPDATE
        """
    )

    // MARK: Upkeep

    /// Those too whose webhook is switched off.
    static let giveUp = Statement(
        "give_up_webhook_deliveries",
        """
        UPDATE hawser.webhook_deliveries
        SET state = 'dead', decided_at = $2::timestamptz,
            last_error = coalesce(last_error, 'it was not sent in time')
        WHERE tenant_id = $1::bigint AND state = 'waiting' AND created_at < $3::timestamptz
            AND due_at <= $2::timestamptz
        """
    )

    static let forget = Statement(
        "forget_webhook_deliveries",
        """
        DELETE FROM hawser.webhook_deliveries
        WHERE tenant_id = $1::bigint AND decided_at < $2::timestamptz
        """
    )

    static let underOtherKeys = Statement(
        "webhooks_of_older_keys",
        """
        SELECT webhook_id, sealed_secret, key_number FROM hawser.webhooks
        WHERE tenant_id = $1::bigint AND key_number <> (
            SELECT max(key_number) FROM hawser.tenant_keys
            WHERE tenant_id = $1::bigint AND retired_at IS NULL
        )
        FOR UPDATE
        """
    )

    static let all = [
        list, byID, lock, secret, count, insert, update, setSecret, delete, deliveries, retry,
        enqueue, due, claim, settle, succeed, pause, failures, giveUp, forget, underOtherKeys,
    ]

    /// What people's part of the server has of them, and what the scheduler has.
    static let people = [
        list, byID, lock, secret, count, insert, update, setSecret, delete, deliveries, retry,
        enqueue,
    ]
    static let upkeep = [
        due, claim, settle, secret, succeed, pause, failures, giveUp, forget, underOtherKeys,
        setSecret,
    ]
}
