import CorePostgres
import FleetIdentity
import FleetModel
import FleetProtocol

/// Asks ships for raw samples that they still hold.
package struct Wants: Sendable {
    /// The channel on which the database tells every replica that a ship is asked for something; the
    /// payload is the ship's URI.
    package static let channel = "hawser_wants"
    /// Of the time that one want asks for.
    package static let longestRange = Duration.seconds(31 * 86_400)
    package static let mostBytes: Int64 = 1_000_000_000
    /// That one ship has not answered.
    package static let openLimit: Int64 = 100
    package static let longestPage = 1000

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    /// - Throws: `DomainError` `invalid`, `conflict` (the ship is revoked) or
    ///   `overloaded` (it has not answered so many).
    package func ask(
        _ ship: Ship,
        from: Timestamp,
        to: Timestamp,
        maxBytes: Int64,
        by name: String,
        at now: Timestamp,
        for change: Change
    ) async throws -> ShipWant {
        guard from < to else { throw DomainError(.invalid, "'from' lies before 'to'") }
        guard to - from <= Self.longestRange else {
            throw DomainError(.invalid, "a ship is asked for 31 days at a time, at most")
        }
        guard (1...Self.mostBytes).contains(maxBytes) else {
            throw DomainError(.invalid, "'max_bytes' is a number from 1 to \(Self.mostBytes)")
        }
        guard !ship.isRevoked else {
            throw DomainError(.conflict, "\(ship.name) is revoked: it will not come any more")
        }
        let key = Self.key(ship.identity)
        return try await pool.transaction(tenant: ship.identity.tenant) { connection in
            _ = try connection.execute(WantQueries.lock, values: key)
            let open =
                try connection.execute(WantQueries.countOpen, values: key).first?.int64("wants")
            guard open ?? 0 < Self.openLimit else {
                throw DomainError(
                    .overloaded,
                    "\(ship.name) has not answered \(Self.openLimit) wants: withdraw some, or wait"
                )
            }
            _ = try connection.execute(WantQueries.forget, values: key)
            let row = try connection.execute(
                WantQueries.insert,
                values: key + [
                    .int64(from.milliseconds), .int64(to.milliseconds), .int64(maxBytes),
                    .text(name), .timestamp(now),
                ]
            ).first
            guard let row else { throw DomainError(.conflict, "the want was not kept; try again") }
            _ = try connection.execute(WantQueries.announce, .text(ship.identity.uri))
            let want = try Self.want(row)
            let tenant = ship.identity.tenant
            try AuditTrail(tenant: tenant, change: change, now: now, connection: connection).note(
                "want.create",
                "ship/\(ship.name)/want/\(want.id)",
                after: "{\"from\":\"\(from)\",\"to\":\"\(to)\",\"max_bytes\":\(maxBytes)}"
            )
            return want
        }
    }

    /// The newest first.
    ///
    /// - Parameter before: the number that ended the page before.
    package func page(of ship: Ship, before: Int64? = nil, limit: Int) async throws -> [ShipWant] {
        try await pool.transaction(tenant: ship.identity.tenant, readOnly: true) { connection in
            try connection.execute(
                WantQueries.page,
                values: Self.key(ship.identity) + [
                    .int64(before ?? .max), .int32(Int32(clamping: limit)),
                ]
            ).map(Self.want)
        }
    }

    /// - Throws: `DomainError` `notFound`.
    package func find(_ id: Int64, of ship: Ship) async throws -> ShipWant {
        let found = try await pool.transaction(
            tenant: ship.identity.tenant,
            readOnly: true
        ) { connection in
            try Self.find(id, of: ship, connection)
        }
        guard let found else { throw Self.unknown(id, ship) }
        return found
    }

    /// Takes back what the ship was not told.
    ///
    /// - Throws: `DomainError` `notFound` or `conflict`.
    package func withdraw(
        _ id: Int64,
        of ship: Ship,
        at now: Timestamp,
        for change: Change
    ) async throws {
        let known = try await pool.transaction(
            tenant: ship.identity.tenant
        ) { connection -> ShipWant? in
            let gone = try connection.execute(
                WantQueries.withdraw,
                values: Self.key(ship.identity) + [.int64(id)]
            )
            guard gone.isEmpty else {
                let tenant = ship.identity.tenant
                try AuditTrail(tenant: tenant, change: change, now: now, connection: connection)
                    .note("want.withdraw", "ship/\(ship.name)/want/\(id)")
                return nil
            }
            guard let known = try Self.find(id, of: ship, connection) else {
                throw Self.unknown(id, ship)
            }
            return known
        }
        guard let known else { return }
        throw DomainError(.conflict, "\(ship.name) was told already: want \(id) is \(known.state)")
    }

    // MARK: Ships

    /// What a ship is to be told now; told before, and not answered, included.
    package func tell(_ ship: ShipIdentity, at now: Timestamp) async throws -> [Want] {
        try await pool.transaction(tenant: ship.tenant) { connection in
            try connection.execute(
                WantQueries.tell,
                values: Self.key(ship) + [.timestamp(now)]
            ).map { try Self.want($0).want }
        }
    }

    /// Writes down answers; to what was not asked, or answered before, they are nothing.
    package func note(
        _ answers: [WantAnswer],
        of ship: ShipIdentity,
        at now: Timestamp
    ) async throws {
        try await pool.transaction(tenant: ship.tenant) { connection in
            for answer in answers {
                guard let id = Int64(exactly: answer.id) else { continue }
                _ = try connection.execute(
                    WantQueries.answer,
                    values: Self.key(ship) + [
                        .int64(id), .timestamp(now), .int32(Int32(answer.outcome.rawValue)),
                        .int64(Int64(clamping: answer.samples)),
                        .int64(Int64(clamping: answer.bytes)),
                    ]
                )
            }
        }
    }

    // MARK: Rows

    private static func key(_ ship: ShipIdentity) -> [PostgresValue] {
        [.int64(ship.tenant.rawValue), .int64(ship.ship.rawValue)]
    }

    private static func unknown(_ id: Int64, _ ship: Ship) -> DomainError {
        DomainError(.notFound, "\(ship.name) has no want \(id)")
    }

    private static func find(
        _ id: Int64,
        of ship: Ship,
        _ connection: PostgresConnection
    ) throws -> ShipWant? {
        try connection.execute(
            WantQueries.byID,
            values: key(ship.identity) + [.int64(id)]
        ).first.map(want)
    }

    private static func want(_ row: PostgresRow) throws -> ShipWant {
        let id = try row.int64("want_id")
        var answer: WantAnswer?
        if let byte = try row.optionalInt32("outcome"),
            let outcome = WantAnswer.Outcome(rawValue: UInt8(clamping: byte))
        {
            answer = WantAnswer(
                id: UInt64(clamping: id),
                outcome: outcome,
                samples: UInt64(clamping: try row.int64("sample_count")),
                bytes: UInt64(clamping: try row.int64("byte_count"))
            )
        }
        return ShipWant(
            id: id,
            from: Timestamp(milliseconds: try row.int64("from_at")),
            to: Timestamp(milliseconds: try row.int64("to_at")),
            maxBytes: try row.int64("max_bytes"),
            requestedBy: try row.text("requested_by"),
            requestedAt: try row.timestamp("requested_at"),
            toldAt: try row.optionalTimestamp("told_at"),
            answeredAt: try row.optionalTimestamp("answered_at"),
            answer: answer
        )
    }
}
