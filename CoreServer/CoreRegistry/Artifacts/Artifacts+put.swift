import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime

extension Artifacts {
    /// Stores a file, in place of what its path showed: in bounded memory, and shown when it is whole,
    /// verified and on the disk.
    ///
    /// - Parameters:
    ///   - length: of the body, where it is known before.
    ///   - body: its bytes, in pieces.
    /// - Throws: `RegistryError` `invalid` where a directory is in the way, `conflict` where a
    ///   registered version has the file; `DomainError` `quotaExceeded`.
    @discardableResult
    package func put<Body: AsyncSequence & Sendable>(
        _ path: ArtifactPath,
        of tenant: TenantID,
        length: Int64?,
        body: Body
    ) async throws -> Artifact where Body.Element == [UInt8] {
        let slot = try slots.take(for: tenant)
        defer { withExtendedLifetime(slot) {} }
        let stored = try await write(of: tenant, length: length, body: body) { connection in
            try Self.requireNoObstacle(path, of: tenant, connection)
        }
        return try await enter(stored, of: tenant) { connection in
            try Self.show(stored.artifact, at: path, of: tenant, connection)
        }
    }

    /// Stores content that no path shows, together with what holds it: without a row of the caller's own it
    /// is collected.
    ///
    /// - Parameter hold: in the transaction in which the content is entered; that fails with it.
    /// - Throws: `DomainError` `quotaExceeded`.
    @discardableResult
    package func keep<Body: AsyncSequence & Sendable>(
        of tenant: TenantID,
        length: Int64,
        body: Body,
        _ hold: @escaping @Sendable (PostgresConnection, Artifact) throws -> Void
    ) async throws -> Artifact where Body.Element == [UInt8] {
        let stored = try await write(of: tenant, length: length, body: body)
        return try await enter(stored, of: tenant) { connection in
            try hold(connection, stored.artifact)
        }
    }

    /// Content in the store that no row tells of yet.
    struct Stored: Sendable {
        let artifact: Artifact
        let location: BlobLocation
        let keyNumber: Int64
        /// What the tenant may have in all.
        let limit: Int64?
    }

    /// Writes content to a new file of the store.
    ///
    /// - Parameters:
    ///   - credit: bytes that count as used, and will not when this is entered.
    ///   - check: what must hold before it is begun, in a transaction.
    func write<Body: AsyncSequence & Sendable>(
        of tenant: TenantID,
        length: Int64?,
        credit: Int64 = 0,
        body: Body,
        _ check: @escaping @Sendable (PostgresConnection) throws -> Void = { _ in }
    ) async throws -> Stored where Body.Element == [UInt8] {
        let limit = try await book.limit(.artifactBytes, of: tenant)
        let now = clock.now()
        let (key, used) = try await pool.transaction(tenant: tenant) { [vault] connection in
            try check(connection)
            let row = try connection.execute(ArtifactQueries.use, .int64(tenant.rawValue)).first
            return (
                try vault.newest(of: tenant, at: now, connection), try row?.int64("bytes") ?? 0
            )
        }
        let room = limit.map { max(0, $0 - used + credit) }
        try requireRoom(length ?? 0, room, limit)
        let location = BlobLocation()
        var sealer = BlobSealer(key, location)
        let writer = try await store.create(location, of: tenant)
        do {
            var waiting: [UInt8] = []
            for try await bytes in body {
                waiting.append(contentsOf: try sealer.append(bytes))
                guard waiting.count >= 4 * BlobHeader.frameBytes else { continue }
                try requireRoom(sealer.size, room, limit)
                try await writer.write(waiting)
                waiting.removeAll(keepingCapacity: true)
            }
            try requireRoom(sealer.size, room, limit)
            if let length, sealer.size != length {
                throw RegistryError.invalid(
                    "the body has \(sealer.size) bytes and not \(length), as its header says"
                )
            }
            try await writer.write(waiting + sealer.finish())
            try await writer.finish()
        } catch {
            await writer.abandon()
            throw error
        }
        metrics.bytes.increment(by: Double(sealer.size), "up")
        return Stored(
            artifact: Artifact(digest: sealer.digest, size: sealer.size, updatedAt: clock.now()),
            location: location,
            keyNumber: key.number,
            limit: limit
        )
    }

    private func requireRoom(_ size: Int64, _ room: Int64?, _ limit: Int64?) throws {
        guard size <= ArtifactLimits.fileBytes else {
            throw RegistryError.invalid(
                "a file has at most \(ArtifactLimits.fileBytes) bytes"
            )
        }
        guard let room, let limit, size > room else { return }
        book.refused(Quota.Limit.artifactBytes.rawValue)
        throw DomainError.quota(.artifactBytes, limit)
    }

    /// Enters what was written, once: from now on it is seen. Where the content was there already, the
    /// new file goes.
    ///
    /// - Parameter show: in the same transaction, what becomes of it.
    func enter(
        _ stored: Stored,
        of tenant: TenantID,
        _ show: @escaping @Sendable (PostgresConnection) throws -> Void
    ) async throws -> Artifact {
        let now = clock.now()
        let isKept = try await settling(stored, of: tenant) { connection in
            let row = try connection.execute(
                ArtifactQueries.putBlob,
                .int64(tenant.rawValue),
                .bytes(stored.artifact.digest),
                .int64(stored.artifact.size),
                .text(stored.location.text),
                .int64(stored.keyNumber),
                .timestamp(now)
            ).first
            try show(connection)
            if try row?.bool("is_new") ?? false {
                try Self.addUse(
                    stored.artifact.size,
                    of: tenant,
                    within: stored.limit,
                    connection
                )
            }
            return try row?.text("location") == stored.location.text
        }
        if !isKept {
            metrics.deduplicated.increment()
            try? await store.delete(stored.location, of: tenant)
        }
        return stored.artifact
    }

    /// The transaction after which something in the store is in a row; without it, the file goes.
    @discardableResult
    func settling<Value: Sendable>(
        _ stored: Stored,
        of tenant: TenantID,
        _ body: @escaping @Sendable (PostgresConnection) throws -> Value
    ) async throws -> Value {
        do {
            return try await pool.transaction(tenant: tenant) { [clock] connection in
                // The collection takes what is in no row for so long to be nobody's.
                guard clock.now() - stored.artifact.updatedAt < ArtifactLimits.entering else {
                    throw RegistryError(.unavailable, "the upload could not be entered in time")
                }
                return try body(connection)
            }
        } catch {
            // Where nobody knows whether it was entered, the collection will see.
            if (error as? PostgresError)?.code != .commitOutcomeUnknown {
                try? await store.delete(stored.location, of: tenant)
            }
            throw error
        }
    }

    /// - Throws: `DomainError` `quotaExceeded`.
    static func addUse(
        _ bytes: Int64,
        of tenant: TenantID,
        within limit: Int64?,
        _ connection: PostgresConnection
    ) throws {
        let used = try addUse(bytes, of: tenant, connection)
        if let limit, used > limit, bytes > 0 { throw DomainError.quota(.artifactBytes, limit) }
    }

    @discardableResult
    static func addUse(
        _ bytes: Int64,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> Int64 {
        try connection.execute(
            ArtifactQueries.addUse,
            .int64(tenant.rawValue),
            .int64(bytes)
        ).first?.int64("bytes") ?? 0
    }

    /// Makes a path show content that has a row.
    static func show(
        _ artifact: Artifact,
        at path: ArtifactPath,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        let before = try connection.execute(
            ArtifactQueries.lockFile,
            .int64(tenant.rawValue),
            .text(path.text)
        ).first?.bytes("digest")
        if before == nil {
            try requireNoObstacle(path, of: tenant, connection)
        } else if before != artifact.digest {
            try requireFree(path, of: tenant, isFile: true, connection)
        }
        try connection.execute(
            ArtifactQueries.putFile,
            .int64(tenant.rawValue),
            .text(path.text),
            .bytes(artifact.digest),
            .int64(artifact.size),
            .timestamp(artifact.updatedAt)
        )
    }
}
