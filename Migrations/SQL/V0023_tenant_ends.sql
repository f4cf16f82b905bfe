-- Deletions of tenants that were cut short are found and finished. Locks nothing that exists.

-- Tenants that are being deleted.
CREATE FUNCTION hawser.ending_tenants() RETURNS SETOF bigint
    LANGUAGE sql
    STABLE
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
        SELECT tenant_id FROM hawser.tenants
        WHERE tenant_id > 0 AND ending_at IS NOT NULL
        ORDER BY tenant_id
    $$;
REVOKE ALL ON FUNCTION hawser.ending_tenants() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hawser.ending_tenants() TO hawser_server, hawser_scheduler;

-- As before; of a tenant that is gone already there is nothing to erase, and that is no fault: two may
-- be at it.
CREATE OR REPLACE FUNCTION hawser.erase_rows(relation text, wanted bigint, most integer) RETURNS bigint
    LANGUAGE plpgsql
    SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp
    AS $$
DECLARE
    erased bigint;
BEGIN
    IF wanted = 0 OR EXISTS (
        SELECT FROM hawser.tenants WHERE tenant_id = wanted AND ending_at IS NULL
    ) THEN
        RAISE EXCEPTION 'tenant % is not being deleted', wanted
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format(
        'DELETE FROM hawser.%I WHERE tenant_id = $1 AND ctid = ANY (ARRAY('
        'SELECT ctid FROM hawser.%I WHERE tenant_id = $1 LIMIT $2))',
        relation, relation
    ) USING wanted, most;
    GET DIAGNOSTICS erased = ROW_COUNT;
    RETURN erased;
END
$$;
