import CorePostgres

enum JobQueries {
    static let ensure = Statement(
        "ensure_jobs",
        """
        INSERT INTO hawser.jobs (tenant_id, kind, subject, due_at, attempts)
        SELECT $1::bigint, $2::text, subject, $4::timestamptz, 0
        FROM unnest($3::bigint[]) AS subject
        ON CONFLICT DO NOTHING
        """
    )

    /// SKIP LOCKED: replicas that look at the same moment take different jobs.
    static let claim = Statement(
        "claim_job",
        """
        UPDATE hawser.jobs
        SET owner = $4::text, leased_until = $5::timestamptz, attempts = attempts + 1
        WHERE (tenant_id, kind, subject) = (
            SELECT tenant_id, kind, subject
            FROM hawser.jobs
            WHERE tenant_id = $1::bigint AND kind = ANY ($2::text[])
                AND due_at <= $3::timestamptz
                AND (leased_until IS NULL OR leased_until < $3::timestamptz)
            ORDER BY due_at
            LIMIT 1
            FOR UPDATE SKIP LOCKED
        )
        RETURNING kind, subject, attempts
        """
    )

    static let renew = Statement(
        "renew_job",
        """
        UPDATE hawser.jobs
        SET leased_until = $5::timestamptz
        WHERE tenant_id = $1::bigint AND kind = $2::text AND subject = $3::bigint
            AND owner = $4::text
        """
    )

    static let succeed = Statement(
        "succeed_job",
        """
        UPDATE hawser.jobs
        SET owner = NULL, leased_until = NULL, attempts = 0, last_error = NULL,
            due_at = $5::timestamptz, succeeded_at = $6::timestamptz
        WHERE tenant_id = $1::bigint AND kind = $2::text AND subject = $3::bigint
            AND owner = $4::text
        """
    )

    static let fail = Statement(
        "fail_job",
        """
        UPDATE hawser.jobs
        SET owner = NULL, leased_until = NULL, due_at = $5::timestamptz, last_error = $6::text
        WHERE tenant_id = $1::bigint AND kind = $2::text AND subject = $3::bigint
            AND owner = $4::text
        """
    )

    static let all = [ensure, claim, renew, succeed, fail]
}
