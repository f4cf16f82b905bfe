-- Who approves what a gate guards, by role, and a role for those who approve. Locks role_bindings and
-- sessions while their rows are looked at (thousands a second), gates and promotions for a moment.

ALTER TABLE hawser.role_bindings
    DROP CONSTRAINT role_bindings_role_is_known,
    ADD CONSTRAINT role_bindings_role_is_known
        CHECK (role IN ('viewer', 'operator', 'reviewer', 'admin', 'system'));
ALTER TABLE hawser.sessions
    DROP CONSTRAINT sessions_roles_are_known,
    ADD CONSTRAINT sessions_roles_are_known
        CHECK (roles <@ ARRAY['viewer', 'operator', 'reviewer', 'admin', 'system']);

-- Gates of before go on as they were: anybody else approves.
ALTER TABLE hawser.gates
    ADD COLUMN approvers text NOT NULL DEFAULT 'others',
    ADD CONSTRAINT gates_approvers_are_known
        CHECK (approvers IN ('others', 'other_role', 'reviewer', 'admin'));
ALTER TABLE hawser.gates ALTER COLUMN approvers DROP DEFAULT;

-- Over the whole tenant, when they asked; null where that was not written down.
ALTER TABLE hawser.promotions ADD COLUMN requested_roles text[];
CREATE INDEX promotions_waiting_index ON hawser.promotions (tenant_id, registered_model_id)
    WHERE state = 'waiting';
-- By which they could, when they decided.
ALTER TABLE hawser.promotion_approvals ADD COLUMN roles text[] NOT NULL DEFAULT '{}';

GRANT UPDATE (approvers) ON hawser.gates TO hawser_api;
