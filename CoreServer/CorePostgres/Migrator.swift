import Logging

/// Brings a database's schema to this program's version.
package enum Migrator {
    /// `hwsr` in ASCII: nobody else on this server takes the same lock by chance.
    private static let lockKey: Int64 = 0x6877_7372

    /// Applies what is missing, each file in its own transaction, and returns how many were applied.
    ///
    /// May run in several processes at once: a lock makes them take turns. What was applied is
    /// recorded with its SHA-256 in `hawser.schema_migrations`.
    ///
    /// - Parameters:
    ///   - connectionString: For the schema's owner, who may create the schema `hawser`.
    ///   - migrations: All of them, in ascending order.
    /// - Throws: `MigrationError` when database and program don't fit, `PostgresError` when the
    ///   database can't be reached, `CancellationError` when the task is cancelled.
    package static func migrate(
        connectionString: String,
        migrations: [Migration],
        logger: Logger
    ) async throws -> Int {
        precondition(
            zip(migrations, migrations.dropFirst()).allSatisfy { $0.number < $1.number },
            "migrations come in ascending order"
        )
        let thread = ConnectionThread(
            settings: ConnectionSettings(
                connectionString: connectionString,
                applicationName: "hawser-migrate"
            ),
            name: "postgres-migrate",
            logger: logger
        )
        let cancellation = Cancellation()
        var applied = 0
        do {
            while let migration = try await withTaskCancellationHandler(
                operation: {
                    try await thread.perform(
                        cancellation: cancellation,
                        deadline: .now + .seconds(30)
                    ) { connection in
                        try applyNext(of: migrations, on: connection)
                    }
                },
                onCancel: { cancellation.cancel() }
            ) {
                applied += 1
                logger.info(
                    "applied migration",
                    metadata: ["number": "\(migration.number)", "title": "\(migration.title)"]
                )
            }
        } catch let error as PostgresError where error.code == .cancelled {
            throw CancellationError()
        }
        await thread.close()
        return applied
    }

    /// Applies the first migration that is missing; `nil` when none is.
    private static func applyNext(
        of migrations: [Migration],
        on connection: PostgresConnection
    ) throws -> Migration? {
        let site = CallSite(statement: "migrate", file: #fileID, line: #line)
        // READ COMMITTED, so that what is read after the lock is what the last holder committed.
        return try connection.transaction(
            beginning: TransactionBeginning(isolation: .readCommitted),
            at: site
        ) { connection in
            try connection.execute(MigrationQueries.lock, .int64(lockKey))
            try createTable(on: connection)
            let recorded = try connection.execute(MigrationQueries.recorded)
            let digests = try connection.execute(
                MigrationQueries.digests,
                .textArray(migrations.map(\.sql))
            ).map { row throws(PostgresError) in try row.text("digest") }
            guard
                let index = try firstMissing(in: migrations, digests, recorded: recorded)
            else { return nil }
            let migration = migrations[index]
            try apply(migration, on: connection)
            try connection.execute(
                MigrationQueries.record,
                .int64(Int64(migration.number)),
                .text(migration.title),
                .text(digests[index])
            )
            return migration
        }
    }

    private static func apply(_ migration: Migration, on connection: PostgresConnection) throws {
        do {
            try connection.run(script: migration.sql)
        } catch {
            // These say nothing about the file.
            if error.code == .cancelled || error.code == .connectionLost { throw error }
            throw MigrationError.failed(
                number: migration.number,
                title: migration.title,
                reason: error.description
            )
        }
        guard connection.isInTransaction else {
            throw MigrationError.endsTransaction(number: migration.number, title: migration.title)
        }
    }

    private static func firstMissing(
        in migrations: [Migration],
        _ digests: [String],
        recorded rows: [PostgresRow]
    ) throws -> Int? {
        var recorded: [Int: String] = [:]
        for row in rows { recorded[Int(try row.int64("number"))] = try row.text("digest") }
        let newest = recorded.keys.max() ?? 0
        let known = Set(migrations.map(\.number))
        if let unknown = recorded.keys.filter({ !known.contains($0) }).max() {
            throw MigrationError.ahead(
                number: unknown,
                newestKnown: migrations.last?.number ?? 0
            )
        }
        var missing: Int?
        for (index, migration) in migrations.enumerated() {
            guard let digest = recorded[migration.number] else {
                guard migration.number > newest else {
                    throw MigrationError.outOfOrder(
                        number: migration.number,
                        title: migration.title
                    )
                }
                missing = missing ?? index
                continue
            }
            guard digest == digests[index] else {
                throw MigrationError.changed(number: migration.number, title: migration.title)
            }
        }
        return missing
    }

    /// Makes the schema and its list of migrations. Looks first, since even CREATE IF NOT EXISTS
    /// wants the right to create.
    private static func createTable(on connection: PostgresConnection) throws {
        let existing = try connection.execute(MigrationQueries.exists)
        guard try existing.first?.bool("has_table") != true else { return }
        if try existing.first?.bool("has_schema") != true {
            try connection.run(script: "CREATE SCHEMA hawser")
        }
        try connection.run(script: MigrationQueries.createTable)
    }
}
