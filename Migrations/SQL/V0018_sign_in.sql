-- Sessions that were opened with a token end with it; those of an identity provider carry the roles
-- that its claims gave. Locks sessions for a moment.

ALTER TABLE hawser.sessions
    ADD COLUMN token_id bigint,
    -- Over the whole tenant, beside the user's bindings.
    ADD COLUMN roles text[],
    ADD CONSTRAINT sessions_token_fkey FOREIGN KEY (tenant_id, token_id)
        REFERENCES hawser.api_tokens (tenant_id, token_id) ON DELETE CASCADE,
    ADD CONSTRAINT sessions_roles_are_known
        CHECK (roles <@ ARRAY['viewer', 'operator', 'admin', 'system']),
    DROP CONSTRAINT sessions_user_fkey,
    ADD CONSTRAINT sessions_user_fkey FOREIGN KEY (tenant_id, user_id)
        REFERENCES hawser.users (tenant_id, user_id) ON DELETE CASCADE;
CREATE INDEX sessions_token_index ON hawser.sessions (tenant_id, token_id)
    WHERE token_id IS NOT NULL;
