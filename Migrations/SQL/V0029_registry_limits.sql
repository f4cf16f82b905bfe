-- Whoever reads a run, a model or a version gets all its tags and parameters at once: so there is an end
-- to how many one may have, and to how long they are together, whichever call brings them. A statement
-- that goes beyond it is refused with the name of the limit. Locks the tables of tags, parameters, latest
-- metrics and datasets for a moment; nothing in them is read.
DO $$
DECLARE
    -- Rows of one thing, and bytes of their values together; none where values are numbers.
    bound record;
    owner text;
    joined text;
    test text;
BEGIN
    FOR bound IN
        SELECT * FROM (VALUES
            ('experiment_tags', ARRAY['experiment_id'], 2000, 4194304),
            ('run_tags', ARRAY['run_id'], 2000, 4194304),
            ('run_params', ARRAY['run_id'], 10000, 4194304),
            ('run_latest_metrics', ARRAY['run_id'], 20000, NULL),
            ('run_datasets', ARRAY['run_id'], 1000, NULL),
            ('logged_model_tags', ARRAY['model_id'], 2000, 4194304),
            ('logged_model_params', ARRAY['model_id'], 10000, 4194304),
            ('registered_model_tags', ARRAY['registered_model_id'], 2000, 4194304),
            ('model_version_tags', ARRAY['registered_model_id', 'version'], 2000, 4194304)
        ) AS bounds (relation, columns, rows, bytes)
    LOOP
        owner := array_to_string(bound.columns, ', ');
        SELECT string_agg(format('x.%1$I = t.%1$I', name), ' AND ') INTO joined
        FROM unnest(bound.columns) AS name;
        test := format('count(*) > %s', bound.rows);
        IF bound.bytes IS NOT NULL THEN
            test := test || format(' OR sum(octet_length(x.value)) > %s', bound.bytes);
        END IF;
        EXECUTE format(
            $function$
            CREATE FUNCTION hawser.limit_%1$s() RETURNS trigger
                LANGUAGE plpgsql
                SET search_path = pg_catalog, pg_temp
                AS $body$
            BEGIN
                IF EXISTS (
                    SELECT FROM (SELECT DISTINCT tenant_id, %2$s FROM written) AS t
                    WHERE (
                        SELECT %4$s FROM hawser.%1$s AS x
                        WHERE x.tenant_id = t.tenant_id AND %3$s
                    )
                ) THEN
                    RAISE EXCEPTION '%5$s'
                        USING ERRCODE = 'check_violation', CONSTRAINT = '%1$s_limit';
                END IF;
                RETURN NULL;
            END
            $body$
            $function$,
            bound.relation, owner, joined, test,
            'more rows than one may have, or longer ones'
        );
        EXECUTE format(
            'CREATE TRIGGER %1$s_inserted AFTER INSERT ON hawser.%1$s '
            'REFERENCING NEW TABLE AS written FOR EACH STATEMENT '
            'EXECUTE FUNCTION hawser.limit_%1$s()',
            bound.relation
        );
        -- A value that takes another's place may be longer.
        IF bound.bytes IS NOT NULL THEN
            EXECUTE format(
                'CREATE TRIGGER %1$s_updated AFTER UPDATE ON hawser.%1$s '
                'REFERENCING NEW TABLE AS written FOR EACH STATEMENT '
                'EXECUTE FUNCTION hawser.limit_%1$s()',
                bound.relation
            );
        END IF;
    END LOOP;
END
$$;
