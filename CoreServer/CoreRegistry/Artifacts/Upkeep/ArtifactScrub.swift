import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime

/// Reads stored content again, the longest unread first, to find what disks and people did to it while
/// somebody may still have it to send again.
package struct ArtifactScrub: Sendable {
    private let artifacts: Artifacts

    package init(_ artifacts: Artifacts) { self.artifacts = artifacts }

    /// Reads until it has read enough for one time.
    ///
    /// - Returns: whether there is more.
    package func run(
        _ tenant: TenantID,
        before moment: Timestamp,
        damagedBefore: Timestamp,
        bytes most: Int64 = ArtifactLimits.scrubBytes
    ) async throws -> Bool {
        var read: Int64 = 0
        while read < most {
            let places = try await artifacts.pool.transaction(tenant: tenant, readOnly: true) {
                connection in
                try connection.execute(
                    ArtifactUpkeepQueries.toScrub,
                    .int64(tenant.rawValue),
                    .timestamp(moment),
                    .timestamp(damagedBefore)
                ).map { try ArtifactPlace($0) }
            }
            guard !places.isEmpty else { return false }
            for place in places where read < most {
                try await check(place, of: tenant)
                read += place.artifact.size + 4096
                artifacts.metrics.scrubbed.increment(by: Double(place.artifact.size))
                try Task.checkCancellation()
            }
        }
        return true
    }

    private func check(_ place: ArtifactPlace, of tenant: TenantID) async throws {
        var statement = ArtifactUpkeepQueries.scrubbed
        do {
            let key = try await artifacts.pool.transaction(tenant: tenant, readOnly: true) {
                [vault = artifacts.vault] connection in
                try vault.key(place.keyNumber, of: tenant, connection)
            }
            let content = try await BlobContent(
                artifacts.store.open(place.location, of: tenant),
                at: place.location,
                size: place.artifact.size,
                key: key
            )
            guard try await content.digest() == place.artifact.digest else {
                throw BlobDamage("its digest is not that of its row")
            }
        } catch let error where error is BlobDamage || error is BlobMissing {
            // One that was collected meanwhile has no row to mark.
            _ = await artifacts.damage(place, of: tenant, error)
            statement = ArtifactUpkeepQueries.scrubbedDamaged
        }
        let (now, chosen) = (artifacts.clock.now(), statement)
        try await artifacts.pool.transaction(tenant: tenant) { connection in
            try connection.execute(
                chosen,
                .int64(tenant.rawValue),
                .bytes(place.artifact.digest),
                .text(place.location.text),
                .timestamp(now)
            )
        }
    }
}
