import FleetModel

/// What a verified export holds.
package struct AuditReport: Sendable, Hashable {
    package let tenant: TenantID
    package let name: String
    package var entries: Int64 = 0
    package var seals: Int64 = 0
    /// Up to which entry a seal reaches; what follows rests on the chain of hashes alone.
    package var sealedThrough: Int64 = 0
    /// Ships that witnessed a seal of it.
    package var witnesses = 0
    /// The keys that signed: to be compared with what the installation has told.
    package var keys: [AuditHash]

    package init(tenant: TenantID, name: String, keys: [AuditHash]) {
        self.tenant = tenant
        self.name = name
        self.keys = keys
    }

    /// For people.
    package var text: String {
        let unsealed = entries - sealedThrough
        return """
            tenant     \(name) (\(tenant))
            entries    \(entries), none altered, missing or moved
            seals      \(seals), over entries 1 to \(sealedThrough)\(unsealed > 0 ? "; \(unsealed) not sealed yet" : "")
            witnesses  \(witnesses)
            keys       \(keys.map { "\($0)" }.joined(separator: "\n           "))
            """
    }
}
