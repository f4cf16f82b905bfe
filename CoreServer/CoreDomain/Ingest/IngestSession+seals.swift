import CoreAudit
import CorePostgres
import FleetModel
import FleetProtocol
import FleetRuntime

/// The ship as a witness of the tenant's audit.
extension IngestSession {
    /// The newest seal, unless the ship has reported it.
    package func unreportedSeal() async throws -> SealNotice? {
        let identity = admission.identity
        return try await Ingest.reaching {
            try await ingest.pool.transaction(tenant: identity.tenant, readOnly: true) {
                connection in
                guard let newest = try AuditSealer.newest(of: identity.tenant, connection) else {
                    return nil
                }
                let reported = try AuditSealer.hash(witnessedBy: identity, connection)
                return reported == newest.hash.bytes ? nil : SealNotice(newest.witness)
            }
        }
    }

    /// Writes down what the ship holds. A seal that is signed and not here is one that was here: the
    /// database was restored, or somebody took the end of the audit away.
    package func note(_ notice: SealNotice) async throws {
        let (identity, epoch, now) = (admission.identity, epoch, ingest.clock.now())
        guard let witness = AuditWitness(notice) else { return }
        let isSigned = ingest.auditKeys.contains { witness.isSigned(by: $0, of: identity.tenant) }
        try await Ingest.reaching {
            try await ingest.pool.transaction(tenant: identity.tenant) { connection in
                let known = try AuditSealer.witness(
                    of: identity.tenant,
                    seal: witness.seal,
                    connection
                )
                let isHere = known == witness
                if isSigned {
                    try AuditSealer.enter(witness, of: identity, at: now, connection)
                }
                guard !isHere || !isSigned else { return }
                let desk = LaneDesk(identity: identity, epoch: epoch, connection: connection)
                if isSigned {
                    try desk.raise(
                        .critical,
                        "audit_witness_missing",
                        "the ship witnessed seal \(witness.seal) of the audit, over entries to "
                            + "\(witness.last), and the shore has no such seal: its database was "
                            + "restored, or the audit was tampered with",
                        at: now
                    )
                } else {
                    try desk.raise(
                        .warning,
                        "audit_witness_forged",
                        "the ship reports a seal of the audit that this installation never signed: "
                            + "was sign.key replaced without keeping sign.pub?",
                        at: now
                    )
                }
            }
        }
    }
}

extension SealNotice {
    fileprivate init?(_ witness: AuditWitness) {
        self.init(
            seal: UInt64(clamping: witness.seal),
            last: UInt64(clamping: witness.last),
            hash: witness.hash.bytes,
            signature: witness.signature
        )
    }
}

extension AuditWitness {
    /// `nil` for numbers that no seal has.
    fileprivate init?(_ notice: SealNotice) {
        guard let seal = Int64(exactly: notice.seal), let last = Int64(exactly: notice.last),
            let hash = AuditHash(bytes: notice.hash)
        else { return nil }
        self.init(seal: seal, last: last, hash: hash, signature: notice.signature)
    }
}
