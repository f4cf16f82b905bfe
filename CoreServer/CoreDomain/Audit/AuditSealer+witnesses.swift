import CoreAudit
import CorePostgres
import FleetModel

/// What ships hold of a tenant's seals.
extension AuditSealer {
    /// Of the newest seal that the ship has reported.
    static func hash(
        witnessedBy identity: ShipIdentity,
        _ connection: PostgresConnection
    ) throws -> [UInt8]? {
        try connection.execute(
            AuditSealQueries.witnessed,
            .int64(identity.tenant.rawValue),
            .int64(identity.ship.rawValue)
        ).first?.bytes("hash")
    }

    /// What a witness of this seal would hold; `nil` where the shore has no such seal.
    static func witness(
        of tenant: TenantID,
        seal: Int64,
        _ connection: PostgresConnection
    ) throws -> AuditWitness? {
        try connection.execute(
            AuditSealQueries.byNumber,
            .int64(tenant.rawValue),
            .int64(seal)
        ).first.map { try StoredSeal($0, of: tenant).witness }
    }

    /// Writes down that the ship holds it.
    static func enter(
        _ witness: AuditWitness,
        of identity: ShipIdentity,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws {
        _ = try connection.execute(
            AuditSealQueries.witness,
            values: [
                .int64(identity.tenant.rawValue), .int64(identity.ship.rawValue),
                .int64(witness.seal), .int64(witness.last), .bytes(witness.hash.bytes),
                .bytes(witness.signature), .timestamp(now),
            ]
        )
    }
}
