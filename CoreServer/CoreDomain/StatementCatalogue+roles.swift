import CorePostgres

/// Which statements each part of the server has: its role is granted what these need. Tests hold the
/// grants to them both ways.
extension StatementCatalogue {
    package static func statements(of role: DatabaseRole) -> [Statement] {
        switch role {
        case .api: people + settings
        case .ingress: ships
        case .scheduler: upkeep
        case .reports: reading
        case .server: all
        }
    }

    /// Tables that are written by `PostgresConnection.copy`, which makes its statements itself.
    package static func copiedTables(of role: DatabaseRole) -> [String] {
        let ships = [
            "series", "series_numbers", "sample_blocks", "log_blocks", "events", "declarations",
            "link_reports",
        ]
        return switch role {
        case .api, .reports: []
        case .ingress: ships
        case .scheduler: ["sample_chunks"]
        case .server: ships + ["sample_chunks"]
        }
    }

    /// Which tables' rows are read for a tenant's export, whose statements are made from the catalogue
    /// of the database: all but these.
    package static func tablesWithoutExport(of role: DatabaseRole) -> [String]? {
        role == .api || role == .server ? TenantExport.left : nil
    }

    private static var people: [Statement] {
        TenantQueries.all + AccessQueries.all + UserQueries.all + BindingQueries.all
            + TokenQueries.all + SignInQueries.all + FleetQueries.all + RegisterQueries.all
            + AuditQueries.all + IdempotencyQueries.all
            + TenantEndQueries.all.filter { $0 != TenantEndQueries.ending }
            + [
                AuditSealQueries.newest, AuditSealQueries.page, AuditSealQueries.following,
                AuditSealQueries.witnesses,
            ]
    }

    private static var settings: [Statement] {
        LabelPolicyQueries.all + QuotaQueries.all
            + [UsageQueries.days, RetentionQueries.find, RetentionQueries.put]
            + [AuthorityQueries.insert] + TenantKeyQueries.all
            + [
                ShipQueries.nextNumber, ShipQueries.nextTokenNumber, ShipQueries.insert,
                ShipQueries.list, ShipQueries.byName, ShipQueries.revoke, ShipQueries.notifyRevoked,
                ShipQueries.insertEnrolmentToken,
            ]
            + [
                WantQueries.lock, WantQueries.countOpen, WantQueries.insert, WantQueries.forget,
                WantQueries.announce, WantQueries.page, WantQueries.byID, WantQueries.withdraw,
            ]
    }

    private static var ships: [Statement] {
        LaneQueries.all + IngestQueries.all + EpochQueries.all + SummaryQueries.all
            + [
                LedgerQueries.declared, LedgerQueries.ashore, LedgerQueries.overfullDays,
                LedgerQueries.openDifferences, LedgerQueries.putDifference,
                LedgerQueries.markRaised, LedgerQueries.resolveDifference,
            ]
            + [
                ShipQueries.lockEnrolmentToken, ShipQueries.useEnrolmentToken,
                ShipQueries.insertCertificate, ShipQueries.certificate,
            ]
            + [AuthorityQueries.find, TenantKeyQueries.byNumber, LogQueries.ensurePartition]
            + [WantQueries.tell, WantQueries.answer]
            + [
                AuditSealQueries.newest, AuditSealQueries.byNumber, AuditSealQueries.witness,
                AuditSealQueries.witnessed,
            ]
            + [QuotaQueries.find, QuotaQueries.takeTurns, QuotaQueries.series, QuotaQueries.usage]
            + [UsageQueries.add]
    }

    private static var upkeep: [Statement] {
        JobQueries.all + CompactionQueries.all + ForwardingQueries.all
            + RetentionQueries.all.filter { $0 != RetentionQueries.put }
            + [
                RollupChunkQueries.next, RollupChunkQueries.ensurePartition,
                RollupChunkQueries.lock, RollupChunkQueries.rows, RollupChunkQueries.deleteRows,
                RollupChunkQueries.emptyRows, RollupChunkQueries.chunk, RollupChunkQueries.putChunk,
            ]
            + [AuditQueries.following, AuditSealQueries.newest, AuditSealQueries.insert]
            + [AuditQueries.begin, AuditQueries.insert, TenantQueries.name]
            + [TenantEndQueries.ending, TenantEndQueries.tables, TenantEndQueries.erase]
            + [TenantEndQueries.discardArtifacts]
            + [
                TenantKeyQueries.newest, TenantKeyQueries.byNumber, TenantKeyQueries.lock,
                TenantKeyQueries.insert, TenantKeyQueries.wrappedByOthers, TenantKeyQueries.rewrap,
            ]
            + [AuthorityQueries.lock, AuthorityQueries.reseal]
            + [TenantQueries.directory, TenantQueries.byName, ShipQueries.list]
            + [UsageQueries.measure]
    }

    private static var reading: [Statement] {
        ReportQueries.all + TelemetryQueries.all + DistributionQueries.all + ClockQueries.all
            + HealthQueries.all
            + [LogQueries.blocks, LogQueries.body]
            + [
                RollupChunkQueries.ranges, RollupChunkQueries.chunks,
                RollupChunkQueries.chunksWithSketches, RollupChunkQueries.page,
            ]
            + [
                LedgerQueries.lanes, LedgerQueries.days, LedgerQueries.declarations,
                LedgerQueries.differences,
            ]
    }
}
