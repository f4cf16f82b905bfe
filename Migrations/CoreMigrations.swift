/// The PostgreSQL schema as the ordered list of its files; the file names are `V<number>_<title>`.
package enum CoreMigrations {
    /// One file: its place, its title, and its SQL.
    package struct File: Sendable {
        package let number: Int
        package let title: String
        package let sql: String
    }

    /// In the order in which they are applied. A released file never changes.
    package static var files: [File] {
        [
            file(1, "foundation", PackageResources.V0001_foundation_sql),
            file(2, "access", PackageResources.V0002_access_sql),
            file(3, "ships", PackageResources.V0003_ships_sql),
            file(4, "lanes", PackageResources.V0004_lanes_sql),
            file(5, "telemetry", PackageResources.V0005_telemetry_sql),
            file(6, "logs", PackageResources.V0006_logs_sql),
            file(7, "summaries", PackageResources.V0007_summaries_sql),
            file(8, "compaction", PackageResources.V0008_compaction_sql),
            file(9, "link", PackageResources.V0009_link_sql),
            file(10, "resolution", PackageResources.V0010_resolution_sql),
            file(11, "wants", PackageResources.V0011_wants_sql),
            file(12, "rollup_chunks", PackageResources.V0012_rollup_chunks_sql),
            file(13, "upkeep", PackageResources.V0013_upkeep_sql),
            file(14, "identity", PackageResources.V0014_identity_sql),
            file(15, "audit", PackageResources.V0015_audit_sql),
            file(16, "audit_seals", PackageResources.V0016_audit_seals_sql),
            file(17, "tenant_keys", PackageResources.V0017_tenant_keys_sql),
            file(18, "sign_in", PackageResources.V0018_sign_in_sql),
            file(19, "quotas", PackageResources.V0019_quotas_sql),
            file(20, "usage", PackageResources.V0020_usage_sql),
            file(21, "administration", PackageResources.V0021_administration_sql),
            file(22, "roles", PackageResources.V0022_roles_sql),
            file(23, "tenant_ends", PackageResources.V0023_tenant_ends_sql),
            file(24, "registry", PackageResources.V0024_registry_sql),
            file(25, "webhooks", PackageResources.V0025_webhooks_sql),
            file(26, "bundles", PackageResources.V0026_bundles_sql),
            file(27, "approvals", PackageResources.V0027_approvals_sql),
            file(28, "bundle_uploads", PackageResources.V0028_bundle_uploads_sql),
            file(29, "registry_limits", PackageResources.V0029_registry_limits_sql),
            file(30, "deployments", PackageResources.V0030_deployments_sql),
            file(31, "deltas", PackageResources.V0031_deltas_sql),
            file(32, "plan_bytes", PackageResources.V0032_plan_bytes_sql),
            file(33, "directive_keys", PackageResources.V0033_directive_keys_sql),
            file(34, "promotions", PackageResources.V0034_promotions_sql),
        ]
    }

    private static func file(_ number: Int, _ title: String, _ bytes: [UInt8]) -> File {
        File(number: number, title: title, sql: String(decoding: bytes, as: UTF8.self))
    }
}
