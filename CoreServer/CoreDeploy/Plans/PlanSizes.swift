import FleetDeploy

/// What it takes to make a version of what ships hold: deltas that are built, and what is known of the others.
struct PlanSizes: Sendable {
    /// One that ships can be given as it is.
    struct Built: Sendable {
        /// The delta's own SHA-256, by which ships tell how much of it they have.
        let content: TreeDigest
        let bytes: Int64
    }

    /// The way to bring a version to a ship.
    struct Way: Sendable, Equatable {
        /// `nil` for all of it.
        let base: TreeDigest?
        let bytes: Int64
        /// Nothing is built yet: `bytes` is at most what it takes.
        let isEstimate: Bool
    }

    /// The version's.
    let size: Int64
    /// By what they are made from; of `nil`, all of it.
    var built: [TreeDigest?: Built] = [:]
    /// Bytes of the version's files that lie in a tree as they are, of every tree that the store keeps: from
    /// these deltas can be made.
    var shared: [TreeDigest: Int64] = [:]

    /// The fewest bytes for a ship that does not hold the version itself.
    func way(for ship: PlanShip) -> Way {
        var ways: [Way] = []
        for base in [nil] + ship.held.map({ TreeDigest?.some($0) }) {
            guard let delta = built[base] else { continue }
            let there = min(ship.partial[delta.content] ?? 0, delta.bytes)
            ways.append(Way(base: base, bytes: delta.bytes - there, isEstimate: false))
        }
        // From what it runs a delta is going to be made, and not from all else that it holds: of at most what is
        // in no file that is the same, and of what all of it takes.
        if let current = ship.current, built[current] == nil, let shared = shared[current] {
            let most = min(size - min(shared, size), built[nil]?.bytes ?? size)
            ways.append(Way(base: current, bytes: most, isEstimate: true))
        } else if built[nil] == nil {
            ways.append(Way(base: nil, bytes: size, isEstimate: true))
        }
        // Of equals one from something: a delta takes no more than all.
        return ways.min { left, right in
            (left.bytes, left.base?.description ?? "~")
                < (right.bytes, right.base?.description ?? "~")
        } ?? Way(base: nil, bytes: size, isEstimate: true)
    }
}
