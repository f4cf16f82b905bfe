import CoreRegistry
import FleetModel

/// Deltas that are open to be read on: many ships fetch the same, piece by piece over days.
actor DeltaShelf {
    private struct Key: Hashable {
        let tenant: TenantID
        let digest: [UInt8]
    }

    private struct Place {
        let download: ArtifactDownload
        var usedAt: UInt64
    }

    private let artifacts: Artifacts
    private var places: [Key: Place] = [:]
    private var uses: UInt64 = 0

    init(_ artifacts: Artifacts) { self.artifacts = artifacts }

    func read(
        _ digest: [UInt8],
        from offset: Int64,
        count: Int,
        of tenant: TenantID
    ) async throws -> [UInt8] {
        let key = Key(tenant: tenant, digest: digest)
        let download = try await open(key)
        let size = download.artifact.size
        guard 0..<size ~= offset, count > 0 else { return [] }
        do {
            return try await artifacts.read(
                download,
                from: offset,
                to: min(size, offset + Int64(count)),
                of: tenant
            )
        } catch {
            // The next one looks for it anew: it may have been put back.
            places[key] = nil
            throw error
        }
    }

    private func open(_ key: Key) async throws -> ArtifactDownload {
        uses += 1
        if let place = places[key] {
            places[key]?.usedAt = uses
            return place.download
        }
        if places.count >= DeltaBuildLimits.open,
            let oldest = places.min(by: { $0.value.usedAt < $1.value.usedAt })?.key
        {
            places[oldest] = nil
        }
        let download = try await artifacts.open(digest: key.digest, of: key.tenant)
        // Two may have opened it at once: the later one stays, the earlier goes with its reading.
        places[key] = Place(download: download, usedAt: uses)
        return download
    }
}
