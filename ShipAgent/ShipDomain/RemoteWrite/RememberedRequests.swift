/// Digests of the requests that came last, each in a slot: the newest takes the oldest's.
struct RememberedRequests: Sendable {
    private var digests: [[UInt8]]
    private var slots: [[UInt8]: Int]
    private var next = 0

    /// - Parameter known: what earlier runs remember, by slot.
    init(_ known: [(slot: Int, digest: [UInt8])], limit: Int) {
        digests = [[UInt8]](repeating: [], count: limit)
        slots = [:]
        for (slot, digest) in known where digests.indices.contains(slot) {
            digests[slot] = digest
            slots[digest] = slot
        }
        // Where the run before ended is not known, and does not matter: a free slot, or any.
        next = digests.firstIndex(of: []) ?? 0
    }

    func contains(_ digest: [UInt8]) -> Bool { slots[digest] != nil }

    mutating func insert(_ digest: [UInt8]) {
        let former = digests[next]
        if slots[former] == next { slots[former] = nil }
        digests[next] = digest
        slots[digest] = next
        next = (next + 1) % digests.count
    }

    mutating func remove(_ digest: [UInt8]) {
        guard let slot = slots.removeValue(forKey: digest) else { return }
        digests[slot] = []
    }

    /// The slots that these digests are to be stored in.
    func slots(of some: [[UInt8]]) -> [(slot: Int, digest: [UInt8])] {
        some.compactMap { digest in slots[digest].map { ($0, digest) } }
    }
}
