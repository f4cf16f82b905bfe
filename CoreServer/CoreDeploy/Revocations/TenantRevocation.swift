import CoreDomain
import CorePostgres
import FleetDeploy
import FleetIdentity

/// A version that is to run nowhere any more, whichever deployment brought it. It is for good: the same files
/// are another version's only if they differ.
package struct TenantRevocation: Thing {
    package static let noun = "revocation"

    package let id: Int64
    package let model: String
    package let modelVersion: Int64
    /// Of the version's files, in hexadecimal digits.
    package let digest: String
    package let severity: String
    package let reason: String
    package let revokedBy: String
    package let revokedAt: String
    /// Ships that have to answer the order, and those that have.
    package let shipsWaiting: Int64
    package let shipsTold: Int64
    package let version: Int64

    let level: Int32

    package var reference: String { "\(id)" }

    private enum CodingKeys: String, CodingKey {
        case id, model, modelVersion, digest, severity, reason, revokedBy, revokedAt, shipsWaiting,
            shipsTold, version
    }

    init(_ row: PostgresRow) throws {
        id = try row.int64("revocation_id")
        model = try row.text("model")
        modelVersion = try row.int64("model_version")
        digest = Hexadecimal.text(try row.bytes("tree_digest"))
        level = try row.int32("severity")
        guard let severity = Revocation.Severity(rawValue: UInt8(clamping: level)) else {
            throw DomainError(.conflict, "revocation \(id) is harder than this server knows")
        }
        self.severity = severity.word
        reason = try row.text("reason")
        revokedBy = try row.text("revoked_by")
        revokedAt = "\(try row.timestamp("revoked_at"))"
        shipsWaiting = try row.int64("waiting")
        shipsTold = try row.int64("told")
        version = try row.int64("version")
    }
}

extension Revocation.Severity {
    /// As the API has it.
    package var word: String {
        switch self {
        case .stopStaging: "stop_staging"
        case .doNotActivate: "do_not_activate"
        case .rollBackWhenSafe: "roll_back_when_safe"
        case .rollBackNow: "roll_back_now"
        }
    }
}
