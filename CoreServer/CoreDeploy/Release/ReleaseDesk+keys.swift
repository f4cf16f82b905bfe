import CorePostgres
import FleetDeploy
import FleetModel

/// Whom a ship obeys: what it has said of that, and how it learns of another key.
///
/// A ship takes a new key from an order that a key signed that it trusts already. So as long as it has not
/// said that it trusts the one that signs now, everything for it is signed by the newest one that it does
/// trust, the order to trust the new one first of all: a ship that was silent for months gets the same.
extension ReleaseDesk {
    /// The key that signs for this ship at this contact. Orders about keys are queued where it needs some.
    ///
    /// - Parameter isNew: the ship has taken nothing yet, and takes the first key that vouches for itself.
    func signer(of ring: DirectiveKeyring, isNew: Bool) throws -> DirectiveKey {
        // With one key there has never been another, nothing is known, and nothing has to be.
        if isNew || ring.former.isEmpty { return ring.current }
        let known = try known()
        let signer = ring.signer(for: known) ?? ring.current
        let waiting = Set(
            try connection.execute(DirectiveKeyQueries.open, values: key)
                .map { try $0.optionalBytes("distrusts") }
        )
        if known[ring.current.id] != true {
            if !waiting.contains(nil) { try queue(-1, distrusting: nil) }
            return signer
        }
        for former in ring.former
        where known[former.id] == true && ring.distrusted.contains(former.id)
            && !waiting.contains(former.id)
        {
            try queue(1, distrusting: former.id)
        }
        return signer
    }

    private func queue(_ priority: Int32, distrusting id: [UInt8]?) throws {
        try connection.execute(
            DirectiveKeyQueries.insert,
            values: key + [
                .int32(priority), .optional(id, PostgresValue.bytes), .timestamp(now),
            ]
        )
    }

    func known() throws -> [[UInt8]: Bool] {
        let rows = try connection.execute(DirectiveKeyQueries.known, values: key)
        return Dictionary(
            try rows.map { (try $0.bytes("key_id"), try $0.bool("is_trusted")) }
        ) { first, _ in first }
    }

    // MARK: What ships say

    /// The ship has taken every order up to a counter: those about keys say whom it obeys now.
    func notePassed(_ counter: Int64) throws {
        let rows = try connection.execute(
            DirectiveKeyQueries.passed,
            values: key + [.int64(counter)]
        )
        for row in rows { try noteTaken(try row.bytes("signed")) }
    }

    func noteTaken(_ bytes: [UInt8]) throws {
        guard let signed = try? SignedDirective(bytes: bytes) else { return }
        try note(signed.keyID, true)
        switch try? signed.unproven.order {
        case .trust(let publicKey): try note(DirectiveKey.id(of: publicKey), true)
        case .distrust(let id): try note(id, false)
        default: break
        }
    }

    /// The ship does not obey who signed.
    ///
    /// - Returns: whether there is another key that it may obey, and the order is to be signed by that.
    func noteUnknownKey(of bytes: [UInt8], _ ring: DirectiveKeyring) throws -> Bool {
        guard let signed = try? SignedDirective(bytes: bytes) else { return false }
        // That one it refused for being the only key that it obeys.
        if case .distrust = try? signed.unproven.order { return false }
        try note(signed.keyID, false)
        return ring.signer(for: try known()) != nil
    }

    func signed(_ id: [UInt8]) throws -> [UInt8]? {
        try connection.execute(DirectiveKeyQueries.signed, values: key + [.bytes(id)]).first?
            .bytes("signed")
    }

    private func note(_ id: [UInt8], _ isTrusted: Bool) throws {
        try connection.execute(
            DirectiveKeyQueries.note,
            values: key + [.bytes(id), .bool(isTrusted), .timestamp(now)]
        )
    }
}
