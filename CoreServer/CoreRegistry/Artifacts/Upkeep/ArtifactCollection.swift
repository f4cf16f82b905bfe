import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime

/// Takes away what nobody needs: content that nothing shows or holds any more, uploads that were never
/// ended, and files that no row tells of, which a process that was killed left behind.
///
/// Rows go before files: whatever is cut short, no row is without its file, and a file without a row is
/// found by the next round.
package struct ArtifactCollection: Sendable {
    /// Rows, and files, of one transaction.
    private static let batch: Int32 = 500
    /// No statement of the server may take longer.
    private static let transactionPatience = Duration.seconds(60)

    private let artifacts: Artifacts
    private let startedAt: Timestamp

    /// - Parameter startedAt: when this process began.
    package init(_ artifacts: Artifacts, startedAt: Timestamp) {
        self.artifacts = artifacts
        self.startedAt = startedAt
    }

    private var pool: PostgresPool { artifacts.pool }
    private var store: any BlobStore { artifacts.store }

    /// What is gone by rows: cheap where nothing is. What it makes garbage of goes in the same round, if
    /// nobody may be reading it.
    package func collect(_ tenant: TenantID, at now: Timestamp) async throws {
        let due = artifacts.dueOfGarbage(at: now)
        try await dropUploads(of: tenant, before: now - ArtifactLimits.uploadLife, due: due)
        try await release(tenant, before: now - ArtifactLimits.grace, due: due)
        try await deleteGarbage(of: tenant, at: now)
    }

    private func dropUploads(
        of tenant: TenantID,
        before moment: Timestamp,
        due: Timestamp
    ) async throws {
        while true {
            let count = try await pool.transaction(tenant: tenant) { connection in
                let ids = try Artifacts.uploads(of: tenant, before: moment, connection)
                for id in ids { try Artifacts.drop(id, due: due, of: tenant, connection) }
                return ids.count
            }
            guard count > 0 else { return }
        }
    }

    private func release(
        _ tenant: TenantID,
        before moment: Timestamp,
        due: Timestamp
    ) async throws {
        while true {
            let seen = try await pool.transaction(tenant: tenant) { connection in
                let row = try connection.execute(
                    ArtifactUpkeepQueries.collect,
                    .int64(tenant.rawValue),
                    .timestamp(moment),
                    .timestamp(due),
                    .int32(Self.batch)
                ).first
                if let size = try row?.int64("size"), size > 0 {
                    try Artifacts.addUse(-size, of: tenant, connection)
                }
                return try row?.int64("seen") ?? 0
            }
            guard seen > 0 else { return }
            try Task.checkCancellation()
        }
    }

    private func deleteGarbage(of tenant: TenantID, at now: Timestamp) async throws {
        while true {
            let locations = try await pool.transaction(tenant: tenant, readOnly: true) {
                connection in
                try connection.execute(
                    ArtifactUpkeepQueries.garbage,
                    .int64(tenant.rawValue),
                    .timestamp(now),
                    .int32(Self.batch)
                ).map { try $0.text("location") }
            }
            guard !locations.isEmpty else { return }
            for location in locations.compactMap({ BlobLocation($0) }) {
                try await store.delete(location, of: tenant)
            }
            try await forget(locations, of: tenant)
            artifacts.metrics.collected.increment(by: Double(locations.count), "released")
            try Task.checkCancellation()
        }
    }

    private func forget(_ locations: [String], of tenant: TenantID) async throws {
        try await pool.transaction(tenant: tenant) { connection in
            try connection.execute(
                ArtifactUpkeepQueries.forget,
                .int64(tenant.rawValue),
                .textArray(locations)
            )
        }
    }

    /// What was uploaded for a bundle and never became a version's.
    private func dropBundleUploads(of tenant: TenantID, before moment: Timestamp) async throws {
        while true {
            let count: Int
            do {
                count = try await pool.transaction(tenant: tenant) { connection in
                    try Self.dropBundleUploads(of: tenant, before: moment, connection)
                }
            } catch is TakenMeanwhile {
                // It is a version's now: the next round does not find it again.
                return
            }
            artifacts.metrics.collected.increment(by: Double(count), "upload")
            guard count > 0 else { return }
            try Task.checkCancellation()
        }
    }

    private struct TakenMeanwhile: Error {}

    private static func dropBundleUploads(
        of tenant: TenantID,
        before moment: Timestamp,
        _ connection: PostgresConnection
    ) throws -> Int {
        let paths = try connection.execute(
            ArtifactUpkeepQueries.staleBundleFiles,
            .int64(tenant.rawValue),
            .timestamp(moment),
            .int32(batch)
        ).map { try $0.text("path") }
        guard !paths.isEmpty else { return 0 }
        let count = try connection.executeCount(
            ArtifactUpkeepQueries.deleteBundleFiles,
            .int64(tenant.rawValue),
            .textArray(paths),
            .timestamp(moment)
        )
        let taken = try connection.execute(
            ArtifactUpkeepQueries.takenBundleFiles,
            .int64(tenant.rawValue),
            .textArray(paths)
        ).first
        guard try taken?.int64("files") ?? 0 == 0 else { throw TakenMeanwhile() }
        return Int(count)
    }

    /// Goes through the store itself.
    package func sweep(_ tenant: TenantID, at now: Timestamp) async throws {
        try await dropBundleUploads(of: tenant, before: now - ArtifactLimits.bundleUploadLife)
        // Where nobody else writes, what is older than this process is nobody's upload.
        let limit =
            store.isOwn
            ? max(startedAt, now - ArtifactLimits.grace) : now - ArtifactLimits.uploadLife
        let unfinished = try await store.removeUnfinished(
            of: tenant,
            before: store.isOwn
                ? max(startedAt, now - ArtifactLimits.uploadLife)
                : now - ArtifactLimits.uploadLife
        )
        artifacts.metrics.collected.increment(by: Double(unfinished), "unfinished")
        var after: String?
        while true {
            let stored = try await store.list(of: tenant, after: after, limit: Int(Self.batch))
            guard let last = stored.last else { return }
            after = last.location.text
            let old = stored.filter { $0.modifiedAt < limit }.map(\.location.text)
            if !old.isEmpty { try await deleteOrphans(old, of: tenant) }
            try Task.checkCancellation()
        }
    }

    private func deleteOrphans(_ locations: [String], of tenant: TenantID) async throws {
        let suspects = try await orphans(among: locations, of: tenant)
        guard !suspects.isEmpty, try await transactionsEnd(of: tenant) else { return }
        let orphans = try await orphans(among: suspects, of: tenant)
        for location in orphans.compactMap({ BlobLocation($0) }) {
            try await store.delete(location, of: tenant)
        }
        artifacts.metrics.collected.increment(by: Double(orphans.count), "orphan")
    }

    private func orphans(
        among locations: [String],
        of tenant: TenantID
    ) async throws -> [String] {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(
                ArtifactUpkeepQueries.orphans,
                .int64(tenant.rawValue),
                .textArray(locations)
            ).map { try $0.text("location") }
        }
    }

    /// Waits for the transactions that run: the last word of a process that was killed may have been
    /// COMMIT, and its row is not to be seen before PostgreSQL has done as told.
    ///
    /// - Returns: `false` where one takes so long that the next round is for it.
    private func transactionsEnd(of tenant: TenantID) async throws -> Bool {
        let next = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try connection.execute(ArtifactUpkeepQueries.nextTransaction).first?.text("number")
        }
        guard let next else { return false }
        let deadline = ContinuousClock.now + Self.transactionPatience
        while ContinuousClock.now < deadline {
            let haveEnded = try await pool.transaction(tenant: tenant, readOnly: true) {
                connection in
                try connection.execute(ArtifactUpkeepQueries.haveEnded, .text(next))
                    .first?.bool("have_ended") ?? false
            }
            if haveEnded { return true }
            try await Task.sleep(for: .milliseconds(100))
        }
        return false
    }

    /// Files of tenants that were deleted: their keys went before them, so that nobody could read them.
    /// Who was deleted is noted with the deletion: a database that knows less than the store, as after a
    /// restore, takes nothing away.
    package func removeDeleted(at now: Timestamp) async throws {
        let noted = try await pool.transaction(tenant: .system, readOnly: true) { connection in
            try connection.execute(
                ArtifactUpkeepQueries.garbage,
                .int64(TenantID.system.rawValue),
                .timestamp(now),
                .int32(Self.batch)
            ).map { try $0.text("location") }
        }
        for note in noted {
            guard note.hasPrefix("tenant/"), let number = Int64(note.dropFirst(7)), number > 0
            else { continue }
            try await store.remove(TenantID(number))
            try await forget([note], of: .system)
        }
    }
}
