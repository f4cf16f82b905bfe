/// What declarations come to.
enum DeclaredSums {
    /// The columns `degraded` and `lost` of some declarations.
    static let sql = """
        -- A thinned sample that is thinned again was counted when it left rung 0.
        coalesce(sum(CASE
            WHEN was = 0 AND rung > 0 THEN sample_count
            WHEN was > 0 AND (rung IS NULL OR rung = 0) THEN -sample_count
            ELSE 0
        END), 0)::bigint AS degraded,
        coalesce(sum(CASE
            WHEN rung IS NULL THEN sample_count
            ELSE 0
        END), 0)::bigint AS lost
        """
}
