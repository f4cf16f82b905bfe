import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime

/// Uploads in parts, which clients make of large files: a part that fails is sent again, and not all.
extension Artifacts {
    /// - Returns: its id.
    /// - Throws: `RegistryError` `invalid`, or `exhausted` where too many were begun.
    package func beginUpload(
        of path: ArtifactPath,
        parts: Int64,
        tenant: TenantID
    ) async throws -> String {
        guard (1...Int64(ArtifactLimits.parts)).contains(parts) else {
            throw RegistryError.invalid(
                "an upload has at least 1 and at most \(ArtifactLimits.parts) parts"
            )
        }
        let id = String(BlobLocation().name)
        let now = clock.now()
        try await pool.transaction(tenant: tenant) { connection in
            try Self.requireNoObstacle(path, of: tenant, connection)
            let begun = try connection.execute(
                ArtifactUploadQueries.count,
                .int64(tenant.rawValue)
            ).first?.int64("count")
            guard begun ?? 0 < ArtifactLimits.unfinishedUploads else {
                throw RegistryError(
                    .exhausted,
                    "\(ArtifactLimits.unfinishedUploads) uploads are not ended: end some of them"
                )
            }
            try connection.execute(
                ArtifactUploadQueries.insert,
                .int64(tenant.rawValue),
                .text(id),
                .text(path.text),
                .int32(Int32(parts)),
                .timestamp(now)
            )
        }
        return id
    }

    private static func noUpload(_ id: String) -> RegistryError {
        .missing(
            "No upload with ID '\(id.prefix(64))': it was completed, aborted, or took too long"
        )
    }

    private static func upload(
        _ id: String,
        _ statement: Statement,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> (path: String, parts: Int32) {
        let row = try connection.execute(statement, .int64(tenant.rawValue), .text(id)).first
        guard let row else { throw noUpload(id) }
        return (try row.text("path"), try row.int32("part_count"))
    }

    /// Stores a part, in place of the one of its number that came before.
    ///
    /// - Returns: its tag, by which the upload is completed.
    package func putPart<Body: AsyncSequence & Sendable>(
        _ number: Int,
        of id: String,
        tenant: TenantID,
        length: Int64?,
        body: Body
    ) async throws -> [UInt8] where Body.Element == [UInt8] {
        try RegistryText.checkStorable(id, "upload_id")
        let slot = try slots.take(for: tenant)
        defer { withExtendedLifetime(slot) {} }
        let stored = try await write(of: tenant, length: length, body: body) { connection in
            let upload = try Self.upload(id, ArtifactUploadQueries.find, tenant, connection)
            guard (1...Int(upload.parts)).contains(number) else {
                throw RegistryError.invalid("the upload has no part \(number)")
            }
        }
        let due = dueOfGarbage(at: clock.now())
        try await settling(stored, of: tenant) { connection in
            _ = try Self.upload(id, ArtifactUploadQueries.lock, tenant, connection)
            var added = stored.artifact.size
            let before = try connection.execute(
                ArtifactUploadQueries.part,
                .int64(tenant.rawValue),
                .text(id),
                .int32(Int32(number))
            ).first
            if let before {
                added -= try before.int64("size")
                try connection.execute(
                    ArtifactUploadQueries.discard,
                    .int64(tenant.rawValue),
                    .text(try before.text("location")),
                    .timestamp(due)
                )
            }
            try connection.execute(
                ArtifactUploadQueries.putPart,
                .int64(tenant.rawValue),
                .text(id),
                .int32(Int32(number)),
                .bytes(stored.artifact.digest),
                .int64(stored.artifact.size),
                .text(stored.location.text),
                .int64(stored.keyNumber)
            )
            try Self.addUse(added, of: tenant, within: stored.limit, connection)
        }
        return stored.artifact.digest
    }

    /// Makes a file of the parts, which is then shown.
    ///
    /// - Parameter tags: what each part's upload was answered with, from the first part on.
    package func completeUpload(
        _ id: String,
        at path: ArtifactPath,
        tags: [[UInt8]],
        tenant: TenantID
    ) async throws {
        try RegistryText.checkStorable(id, "upload_id")
        let slot = try slots.take(for: tenant)
        defer { withExtendedLifetime(slot) {} }
        let parts = try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let upload = try Self.upload(id, ArtifactUploadQueries.find, tenant, connection)
            guard upload.path == path.text else {
                throw RegistryError.invalid("the upload '\(id)' is not of '\(path)'")
            }
            let parts = try connection.execute(
                ArtifactUploadQueries.parts,
                .int64(tenant.rawValue),
                .text(id)
            ).map(ArtifactPart.init)
            guard parts.count == Int(upload.parts), parts.map(\.digest) == tags else {
                throw RegistryError.invalid(
                    "the parts are not those that were sent: \(upload.parts) are expected and "
                        + "\(parts.count) stored, and each is named with the ETag of its answer"
                )
            }
            return parts
        }
        let size = parts.reduce(0) { $0 + $1.size }
        let sequence = PartSequence(parts: parts) { part in
            try await content(of: part, tenant)
        }
        let stored: Stored
        do {
            // The parts count as used, and go.
            stored = try await write(of: tenant, length: size, credit: size, body: sequence)
        } catch is BlobDamage {
            throw Self.damaged
        } catch is BlobMissing {
            throw Self.noUpload(id)
        }
        let due = dueOfGarbage(at: clock.now())
        _ = try await enter(stored, of: tenant) { connection in
            _ = try Self.upload(id, ArtifactUploadQueries.lock, tenant, connection)
            try Self.drop(id, due: due, of: tenant, connection)
            try Self.show(stored.artifact, at: path, of: tenant, connection)
        }
    }

    private func content(of part: ArtifactPart, _ tenant: TenantID) async throws -> BlobContent {
        let key = try await pool.transaction(tenant: tenant, readOnly: true) {
            [vault] connection in
            try vault.key(part.keyNumber, of: tenant, connection)
        }
        return try await BlobContent(
            store.open(part.location, of: tenant),
            at: part.location,
            size: part.size,
            key: key
        )
    }

    /// Ending what has ended is no error.
    package func abortUpload(_ id: String, tenant: TenantID) async throws {
        try RegistryText.checkStorable(id, "upload_id")
        let due = dueOfGarbage(at: clock.now())
        try await pool.transaction(tenant: tenant) { connection in
            try Self.drop(id, due: due, of: tenant, connection)
        }
    }

    /// When a file that nobody needs any more since `now` may go.
    func dueOfGarbage(at now: Timestamp) -> Timestamp {
        store.readersOutliveDeletion ? now : now + ArtifactLimits.uploadLife
    }

    /// Some of those that were begun before a moment.
    static func uploads(
        of tenant: TenantID,
        before moment: Timestamp,
        _ connection: PostgresConnection
    ) throws -> [String] {
        try connection.execute(
            ArtifactUploadQueries.expired,
            .int64(tenant.rawValue),
            .timestamp(moment)
        ).map { try $0.text("upload_id") }
    }

    static func drop(
        _ id: String,
        due: Timestamp,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        let freed = try connection.execute(
            ArtifactUploadQueries.discardParts,
            .int64(tenant.rawValue),
            .text(id),
            .timestamp(due)
        ).first?.int64("size")
        try connection.execute(
            ArtifactUploadQueries.delete,
            .int64(tenant.rawValue),
            .text(id)
        )
        if let freed, freed > 0 { try addUse(-freed, of: tenant, connection) }
    }
}
