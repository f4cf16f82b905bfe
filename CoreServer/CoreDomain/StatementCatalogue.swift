import CorePostgres

/// Every statement of the domain: a test prepares each against the migrated schema, so that none
/// can be wrong until a user meets it.
package enum StatementCatalogue {
    package static var all: [Statement] {
        TenantQueries.all + AccessQueries.all + ShipQueries.all + AuthorityQueries.all
            + LaneQueries.all + IngestQueries.all + TelemetryQueries.all + ReportQueries.all
            + CompactionQueries.all + RetentionQueries.all + JobQueries.all + ForwardingQueries.all
            + SummaryQueries.all + LedgerQueries.all + DistributionQueries.all + LogQueries.all
            + EpochQueries.all + WantQueries.all + ClockQueries.all + RollupChunkQueries.all
            + AuditQueries.all + UserQueries.all + BindingQueries.all + TokenQueries.all
            + FleetQueries.all + RegisterQueries.all + LabelPolicyQueries.all
            + IdempotencyQueries.all + SignInQueries.all + QuotaQueries.all + UsageQueries.all
            + AuditSealQueries.all + TenantKeyQueries.all + TenantEndQueries.all
            + HealthQueries.all
    }
}
