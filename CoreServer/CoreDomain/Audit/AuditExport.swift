import CoreAudit
import CorePostgres
import FleetModel

/// A tenant's whole audit as lines (see `AuditLine`): a header with the keys, what ships witnessed,
/// each entry in its order and each seal behind the last entry that it seals, and where the chain's
/// head stood. Holds one page at a time.
package struct AuditExport: Sendable {
    private static let pageEntries: Int32 = 5000
    private static let pageBytes: Int64 = 8 << 20
    private static let pageWitnesses: Int32 = 1000

    private enum Stage { case header, witnesses(after: Int64), entries(after: Int64), done }

    private let pool: PostgresPool
    private let tenant: TenantID
    private let name: String
    private let keys: [AuditHash]
    private let now: Timestamp
    private var stage = Stage.header

    init(
        pool: PostgresPool,
        tenant: TenantID,
        name: String,
        keys: [AuditHash],
        at now: Timestamp
    ) {
        self.pool = pool
        self.tenant = tenant
        self.name = name
        self.keys = keys
        self.now = now
    }

    /// The next lines; `nil` after the last.
    package mutating func next() async throws -> [UInt8]? {
        switch stage {
        case .header:
            stage = .witnesses(after: .min)
            return AuditLine.header(tenant: tenant, name: name, keys: keys, at: now)
        case .witnesses(let after):
            let page = try await witnesses(after: after)
            stage = page.last.map { .witnesses(after: $0) } ?? .entries(after: .min)
            return page.lines
        case .entries(let after):
            let page = try await entries(after: after)
            stage = page.last.map { .entries(after: $0) } ?? .done
            return page.lines
        case .done:
            return nil
        }
    }

    private func witnesses(after: Int64) async throws -> (lines: [UInt8], last: Int64?) {
        let tenant = tenant
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let rows = try connection.execute(
                AuditSealQueries.witnesses,
                .int64(tenant.rawValue),
                .int64(after),
                .int32(Self.pageWitnesses)
            )
            var lines: [UInt8] = []
            for row in rows {
                guard let hash = AuditHash(bytes: try row.bytes("hash")) else { continue }
                let witness = AuditWitness(
                    seal: try row.int64("seal_number"),
                    last: try row.int64("last_sequence"),
                    hash: hash,
                    signature: try row.bytes("signature")
                )
                lines += AuditLine.witness(
                    witness,
                    ship: try row.text("name"),
                    at: try row.timestamp("witnessed_at")
                )
            }
            return (lines, try rows.last?.int64("ship_id"))
        }
    }

    /// A page, its seals, and the head where it is the last: as they were at one moment.
    private func entries(after: Int64) async throws -> (lines: [UInt8], last: Int64?) {
        let tenant = tenant
        return try await pool.transaction(
            tenant: tenant,
            isolation: .repeatableRead,
            readOnly: true
        ) { connection in
            let rows = try connection.execute(
                AuditQueries.following,
                .int64(tenant.rawValue),
                .int64(after),
                .int32(Self.pageEntries),
                .int64(Self.pageBytes)
            )
            let last = try rows.last?.int64("sequence")
            var seals = try connection.execute(
                AuditSealQueries.following,
                .int64(tenant.rawValue),
                .int64(after),
                .int64(last ?? .max)
            ).map { try StoredSeal($0, of: tenant) }[...]
            var lines: [UInt8] = []
            for row in rows {
                let entry = try AuditEntry(row, of: tenant)
                while let seal = seals.first, seal.seal.last < entry.sequence {
                    Self.append(seals.removeFirst(), to: &lines)
                }
                AuditLine.append(entry, hash: try row.bytes("hash"), to: &lines)
            }
            for seal in seals { Self.append(seal, to: &lines) }
            if last == nil {
                let head = try connection.execute(AuditQueries.head, .int64(tenant.rawValue)).first
                lines += AuditLine.end(
                    sequence: try head?.int64("sequence") ?? 0,
                    hash: try head?.bytes("hash") ?? AuditEntry.start
                )
            }
            return (lines, last)
        }
    }

    private static func append(_ seal: StoredSeal, to lines: inout [UInt8]) {
        AuditLine.append(
            seal.seal,
            hash: seal.hash.bytes,
            signature: seal.signature,
            to: &lines
        )
    }
}
