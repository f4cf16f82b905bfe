-- A role for each part of the server, with just what its statements need. Locks every table of tenants
-- for a moment, to name the roles in its policy.
--
-- The role that runs this must be able to create roles (CREATEROLE), or find the four below and be a
-- member of them. hawser_server stays for commands at the terminal and for servers of the version before.

DO $$
DECLARE
    part text;
    relation regclass;
BEGIN
    FOREACH part IN ARRAY ARRAY[
        'hawser_api', 'hawser_ingress', 'hawser_scheduler', 'hawser_reports'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = part) THEN
            EXECUTE pg_catalog.format(
                'CREATE ROLE %I NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE', part
            );
        END IF;
        -- From 16 on, a member may not always take the role on.
        IF NOT pg_catalog.pg_has_role(
            current_user,
            part,
            CASE WHEN current_setting('server_version_num')::integer >= 160000
                THEN 'SET' ELSE 'MEMBER' END
        ) THEN
            EXECUTE pg_catalog.format('GRANT %I TO %I', part, current_user);
        END IF;
    END LOOP;
    FOR relation IN
        SELECT polrelid FROM pg_catalog.pg_policy
        JOIN pg_catalog.pg_class ON pg_class.oid = polrelid
        WHERE polname = 'tenant_isolation' AND relnamespace = 'hawser'::regnamespace
    LOOP
        EXECUTE pg_catalog.format(
            'ALTER POLICY tenant_isolation ON %s TO '
            'hawser_server, hawser_api, hawser_ingress, hawser_scheduler, hawser_reports',
            relation
        );
    END LOOP;
END
$$;

-- As before, for all roles.
CREATE OR REPLACE FUNCTION hawser.protect(relation regclass) RETURNS void
    LANGUAGE plpgsql
    SET search_path = pg_catalog, pg_temp
    AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', relation);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', relation);
    EXECUTE format(
        'CREATE POLICY tenant_isolation ON %s '
        'TO hawser_server, hawser_api, hawser_ingress, hawser_scheduler, hawser_reports '
        'USING (tenant_id = hawser.current_tenant()) '
        'WITH CHECK (tenant_id = hawser.current_tenant())',
        relation
    );
    EXECUTE format(
        'CREATE POLICY tenant_end ON %s TO CURRENT_USER USING (hawser.is_ending(tenant_id))',
        relation
    );
END
$$;

GRANT USAGE ON SCHEMA hawser TO hawser_api, hawser_ingress, hawser_scheduler, hawser_reports;


-- People and programs. Telemetry it reads for the export of a tenant, and writes none.
GRANT SELECT ON
    hawser.api_tokens, hawser.audit_entries, hawser.audit_heads, hawser.audit_seals,
    hawser.audit_witnesses, hawser.declarations, hawser.declared_totals,
    hawser.enrolment_tokens, hawser.events, hawser.fleets, hawser.forwarding_cursors,
    hawser.idempotent_requests, hawser.jobs, hawser.label_policies, hawser.lane_positions,
    hawser.lane_staging, hawser.lane_tails, hawser.ledger_differences, hawser.link_reports,
    hawser.link_usage, hawser.log_blocks, hawser.quarantined_segments, hawser.quotas,
    hawser.retention, hawser.role_bindings, hawser.rollup_chunks, hawser.rollup_segments,
    hawser.rollups, hawser.sample_blocks, hawser.sample_chunks, hawser.series,
    hawser.series_numbers, hawser.sessions, hawser.ship_certificates, hawser.ship_clocks,
    hawser.ship_contacts, hawser.ship_days, hawser.ship_ledgers, hawser.ships,
    hawser.shore_events, hawser.stored_days, hawser.tenant_keys, hawser.tenants,
    hawser.usage_days, hawser.users, hawser.wants
    TO hawser_api;
GRANT INSERT ON
    hawser.api_tokens, hawser.audit_entries, hawser.audit_heads, hawser.enrolment_tokens,
    hawser.fleets, hawser.idempotent_requests, hawser.label_policies, hawser.quotas,
    hawser.retention, hawser.role_bindings, hawser.sessions, hawser.ships,
    hawser.tenant_authorities, hawser.tenant_keys, hawser.tenants, hawser.users, hawser.wants
    TO hawser_api;
GRANT DELETE ON
    hawser.api_tokens, hawser.fleets, hawser.idempotent_requests, hawser.role_bindings,
    hawser.sessions, hawser.users, hawser.wants
    TO hawser_api;
GRANT UPDATE (revoked_at, last_used_at, version) ON hawser.api_tokens TO hawser_api;
GRANT UPDATE (sequence, hash) ON hawser.audit_heads TO hawser_api;
GRANT UPDATE (description, selector, updated_at, version) ON hawser.fleets TO hawser_api;
GRANT UPDATE (status, headers, body) ON hawser.idempotent_requests TO hawser_api;
GRANT UPDATE (
    allowed, required, label_limit, value_limit, changed_at, version
) ON hawser.label_policies TO hawser_api;
GRANT UPDATE (
    ships, series, ingest_samples_per_second, ingest_bytes_per_day, storage_bytes,
    artifact_bytes, api_requests_per_second, api_burst, labels_per_ship, version, updated_at
) ON hawser.quotas TO hawser_api;
GRANT UPDATE (
    raw_days, five_minute_days, hour_days, changed_at, log_days, record_days, version
) ON hawser.retention TO hawser_api;
GRANT UPDATE (role, valid_until, reason, version) ON hawser.role_bindings TO hawser_api;
GRANT UPDATE (seen_at, ended_at) ON hawser.sessions TO hawser_api;
GRANT UPDATE (
    revoked_at, labels, class, owner, bearers, updated_at, version
) ON hawser.ships TO hawser_api;
GRANT UPDATE (sealed_key, sealed_by, retired_at) ON hawser.tenant_keys TO hawser_api;
GRANT UPDATE (
    grants_revision, display_name, version, updated_at, ending_at
) ON hawser.tenants TO hawser_api;
GRANT UPDATE (
    display_name, email, password_hash, oidc_issuer, oidc_subject, disabled_at, updated_at,
    version
) ON hawser.users TO hawser_api;
GRANT USAGE ON SEQUENCE
    hawser.binding_numbers, hawser.fleet_numbers, hawser.session_numbers, hawser.ship_numbers,
    hawser.tenant_numbers, hawser.token_numbers, hawser.user_numbers, hawser.want_numbers
    TO hawser_api;
GRANT EXECUTE ON FUNCTION
    hawser.erase_rows(text, bigint, integer),
    hawser.tenant_by_name(text),
    hawser.tenant_directory()
    TO hawser_api;

-- Ships. Of users, tokens and grants it knows nothing, and of the audit only seals and witnesses.
GRANT SELECT ON
    hawser.audit_seals, hawser.audit_witnesses, hawser.declarations, hawser.declared_totals,
    hawser.enrolment_tokens, hawser.lane_positions, hawser.lane_staging, hawser.lane_tails,
    hawser.ledger_differences, hawser.link_usage, hawser.quotas, hawser.rollup_segments,
    hawser.rollups, hawser.series, hawser.series_numbers, hawser.ship_certificates,
    hawser.ship_clocks, hawser.ship_contacts, hawser.ship_days, hawser.ship_ledgers,
    hawser.ships, hawser.shore_events, hawser.stored_days, hawser.tenant_authorities,
    hawser.tenant_keys, hawser.usage_days, hawser.wants
    TO hawser_ingress;
GRANT INSERT ON
    hawser.audit_witnesses, hawser.declarations, hawser.events, hawser.lane_positions,
    hawser.lane_staging, hawser.lane_tails, hawser.ledger_differences, hawser.link_reports,
    hawser.link_usage, hawser.log_blocks, hawser.quarantined_segments, hawser.rollup_segments,
    hawser.rollups, hawser.sample_blocks, hawser.series, hawser.series_numbers,
    hawser.ship_certificates, hawser.ship_clocks, hawser.ship_contacts, hawser.ship_days,
    hawser.ship_ledgers, hawser.shore_events, hawser.stored_days, hawser.usage_days
    TO hawser_ingress;
GRANT DELETE ON
    hawser.lane_staging, hawser.lane_tails
    TO hawser_ingress;
GRANT UPDATE (
    seal_number, last_sequence, hash, signature, witnessed_at
) ON hawser.audit_witnesses TO hawser_ingress;
GRANT UPDATE (used_at) ON hawser.enrolment_tokens TO hawser_ingress;
GRANT UPDATE (
    next_sequence, chain, stored_records, stored_bytes, quarantined_records, moved_at,
    refused_records
) ON hawser.lane_positions TO hawser_ingress;
GRANT UPDATE (
    records, found_at, seen_at, raised_at, resolved_at
) ON hawser.ledger_differences TO hawser_ingress;
GRANT UPDATE (connected_ms, bytes_up, bytes_down, sessions) ON hawser.link_usage TO hawser_ingress;
GRANT UPDATE (sample_count, body, thinned, distinct_series) ON hawser.rollups TO hawser_ingress;
GRANT UPDATE (resolution) ON hawser.series TO hawser_ingress;
GRANT UPDATE (series_id, refused) ON hawser.series_numbers TO hawser_ingress;
GRANT UPDATE (
    last_contact_at, agent_version, clock_offset_ms
) ON hawser.ship_contacts TO hawser_ingress;
GRANT UPDATE (produced, degraded, lost, told_at) ON hawser.ship_days TO hawser_ingress;
GRANT UPDATE (
    produced, lost, told_at, stored, pending, degraded, ashore, closed_at
) ON hawser.ship_ledgers TO hawser_ingress;
-- For its lock alone.
GRANT UPDATE (version) ON hawser.ships TO hawser_ingress;
GRANT UPDATE (stored, stored_at) ON hawser.stored_days TO hawser_ingress;
GRANT UPDATE (samples, bytes_in, api_requests) ON hawser.usage_days TO hawser_ingress;
GRANT UPDATE (
    told_at, answered_at, outcome, sample_count, byte_count
) ON hawser.wants TO hawser_ingress;
GRANT EXECUTE ON FUNCTION
    hawser.ensure_log_partition(timestamptz, timestamptz),
    hawser.ensure_partitions(timestamptz, timestamptz)
    TO hawser_ingress;

-- Upkeep, tenant by tenant. It can end what is old, finish deletions, and write down and seal what was
-- done; it enters nobody.
GRANT SELECT ON
    hawser.audit_entries, hawser.audit_heads, hawser.audit_seals, hawser.declarations,
    hawser.declared_totals,
    hawser.events, hawser.forwarding_cursors, hawser.jobs, hawser.ledger_differences,
    hawser.link_reports, hawser.link_usage, hawser.log_blocks, hawser.retention,
    hawser.rollup_chunks, hawser.rollup_segments, hawser.rollups, hawser.sample_blocks,
    hawser.sample_chunks, hawser.series, hawser.series_numbers, hawser.ship_clocks,
    hawser.ship_days, hawser.ships, hawser.shore_events, hawser.stored_days,
    hawser.tenant_authorities, hawser.tenant_keys, hawser.tenants, hawser.usage_days,
    hawser.wants
    TO hawser_scheduler;
GRANT INSERT ON
    hawser.audit_entries, hawser.audit_heads, hawser.audit_seals, hawser.declared_totals,
    hawser.forwarding_cursors, hawser.jobs,
    hawser.rollup_chunks, hawser.sample_chunks, hawser.tenant_keys, hawser.usage_days
    TO hawser_scheduler;
GRANT DELETE ON
    hawser.declarations, hawser.events, hawser.ledger_differences, hawser.link_reports,
    hawser.link_usage, hawser.log_blocks, hawser.rollup_chunks, hawser.rollup_segments,
    hawser.rollups, hawser.sample_blocks, hawser.sample_chunks, hawser.ship_clocks,
    hawser.ship_days, hawser.shore_events, hawser.stored_days, hawser.wants
    TO hawser_scheduler;
GRANT UPDATE (sequence, hash) ON hawser.audit_heads TO hawser_scheduler;
GRANT UPDATE (degraded, lost) ON hawser.declared_totals TO hawser_scheduler;
GRANT UPDATE (
    stored_by, ship_id, week_at, first_at, epoch, sequence, part, sample_count, refused_count,
    moved_at, cluster
) ON hawser.forwarding_cursors TO hawser_scheduler;
GRANT UPDATE (
    due_at, owner, leased_until, attempts, last_error, succeeded_at
) ON hawser.jobs TO hawser_scheduler;
GRANT UPDATE (body, sketches) ON hawser.rollup_chunks TO hawser_scheduler;
GRANT UPDATE (sample_count, body) ON hawser.rollups TO hawser_scheduler;
GRANT UPDATE (stored_by) ON hawser.sample_blocks TO hawser_scheduler;
GRANT UPDATE (sealed_key, key_number) ON hawser.tenant_authorities TO hawser_scheduler;
GRANT UPDATE (sealed_key, sealed_by) ON hawser.tenant_keys TO hawser_scheduler;
-- For its lock alone.
GRANT UPDATE (version) ON hawser.tenants TO hawser_scheduler;
GRANT UPDATE (storage_bytes, ships, series, measured_at) ON hawser.usage_days TO hawser_scheduler;
GRANT EXECUTE ON FUNCTION
    hawser.drop_partitions(timestamptz, integer, integer, integer),
    hawser.drop_partitions(timestamptz, integer, integer, integer, integer),
    hawser.ensure_chunk_partition(timestamptz, timestamptz),
    hawser.ensure_rollup_chunk_partition(timestamptz, timestamptz),
    hawser.erase_rows(text, bigint, integer),
    hawser.tenant_by_name(text),
    hawser.tenant_directory()
    TO hawser_scheduler;

-- Readers of telemetry.
GRANT SELECT ON
    hawser.declarations, hawser.events, hawser.lane_positions, hawser.ledger_differences,
    hawser.link_usage, hawser.log_blocks, hawser.rollup_chunks, hawser.rollups,
    hawser.sample_blocks, hawser.sample_chunks, hawser.series, hawser.series_numbers,
    hawser.ship_clocks, hawser.ship_contacts, hawser.ship_days, hawser.ship_ledgers,
    hawser.ships, hawser.shore_events, hawser.stored_days
    TO hawser_reports;
