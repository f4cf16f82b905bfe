import FleetTestSupport

/// What promotions that were cut in two would leave.
enum PromotionFaults {
    /// In words; none where each is whole.
    static func all(_ shore: Shore) async throws -> [String] {
        try await shore.look(query)
    }

    private static let query = """
        SELECT 'applied without a move' AS value FROM hawser.promotions AS p
        WHERE state = 'applied' AND NOT EXISTS (
            SELECT FROM hawser.model_moves AS m
            WHERE m.tenant_id = p.tenant_id AND m.promotion_id = p.promotion_id
                AND m.to_version = p.version
        )
        UNION ALL
        SELECT 'a move without its promotion' FROM hawser.model_moves AS m
        WHERE promotion_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM hawser.promotions AS p
            WHERE m.tenant_id = p.tenant_id AND m.promotion_id = p.promotion_id
                AND p.state = 'applied'
        )
        UNION ALL
        SELECT 'a gap in the record' FROM (
            SELECT move_number, row_number() OVER model AS number, from_version,
                lag(to_version) OVER alias AS before
            FROM hawser.model_moves
            WINDOW model AS (PARTITION BY tenant_id, registered_model_id ORDER BY move_number),
                alias AS (
                    PARTITION BY tenant_id, registered_model_id, target ORDER BY move_number
                )
        ) AS m
        WHERE move_number <> number OR from_version IS DISTINCT FROM before
        UNION ALL
        SELECT 'the alias is not where the record ends' FROM hawser.model_aliases AS a
        WHERE version IS DISTINCT FROM (
            SELECT to_version FROM hawser.model_moves AS m
            WHERE m.tenant_id = a.tenant_id AND m.registered_model_id = a.registered_model_id
                AND m.target = a.alias
            ORDER BY move_number DESC LIMIT 1
        )
        UNION ALL
        SELECT 'moves and audit differ' WHERE
            (SELECT count(*) FROM hawser.model_moves)
            <> (SELECT count(*) FROM hawser.audit_entries WHERE action = 'alias.set')
        UNION ALL
        SELECT 'promotions and audit differ' WHERE
            (SELECT count(*) FROM hawser.promotions)
            <> (SELECT count(*) FROM hawser.audit_entries WHERE action = 'promotion.create')
        """
}
