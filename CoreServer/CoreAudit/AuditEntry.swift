import Crypto
import FleetModel

/// One change, bound to the one before it.
package struct AuditEntry: Sendable, Hashable {
    package let tenant: TenantID
    /// From 1, without gaps.
    package let sequence: Int64
    package let at: Timestamp
    package let actor: String
    package let action: String
    package let target: String
    /// The thing as JSON, without secrets; empty where there was none.
    package let before: String
    package let after: String
    package let reason: String
    package let requestID: String
    package let revision: Int64
    /// Of the entry before; 32 zeros before the first.
    package let previous: [UInt8]

    package init(
        tenant: TenantID,
        sequence: Int64,
        at: Timestamp,
        actor: String,
        action: String,
        target: String,
        before: String,
        after: String,
        reason: String,
        requestID: String,
        revision: Int64,
        previous: [UInt8]
    ) {
        self.tenant = tenant
        self.sequence = sequence
        self.at = at
        self.actor = actor
        self.action = action
        self.target = target
        self.before = before
        self.after = after
        self.reason = reason
        self.requestID = requestID
        self.revision = revision
        self.previous = previous
    }

    package static let start = [UInt8](repeating: 0, count: 32)

    /// SHA-256 over the previous hash, then tenant, sequence, milliseconds since 1970 and revision as
    /// 64 bits each, most significant byte first, then the texts in their order, each behind its
    /// length in bytes as 32 bits.
    package var hash: [UInt8] {
        var bytes = previous
        bytes.reserveCapacity(256 + before.utf8.count + after.utf8.count)
        for number in [tenant.rawValue, sequence, at.milliseconds, revision] {
            withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        }
        for text in [actor, action, target, before, after, reason, requestID] {
            withUnsafeBytes(of: UInt32(text.utf8.count).bigEndian) { bytes.append(contentsOf: $0) }
            bytes.append(contentsOf: text.utf8)
        }
        return Array(SHA256.hash(data: bytes))
    }
}
