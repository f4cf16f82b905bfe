import FleetDeploy

/// One slot: what runs in it, what it can go back to, and what is being done.
package struct SlotState: Codable, Sendable, Equatable {
    /// What the `current` link names.
    package var current: TreeDigest?
    /// What ran before it: the way back.
    package var previous: TreeDigest?
    /// And before that.
    package var older: TreeDigest?
    package var shadow: TreeDigest?
    /// What brought `current`, with its rule; and the same of `shadow`.
    package var order: KeptOrder?
    package var shadowOrder: KeptOrder?
    package var task: SlotTask?
    /// How the last order ended.
    package var ended: Ended?

    package init() {}

    /// What one of the links names.
    package func running(_ link: SlotTask.Link) -> TreeDigest? {
        switch link {
        case .current: current
        case .shadow: shadow
        }
    }

    package struct Ended: Codable, Sendable, Equatable {
        package let activation: UInt64
        package let deployment: UInt64
        package let digest: TreeDigest
        package let state: ShipDeploymentState
        package let reason: String
        /// Milliseconds since 1970.
        package let at: Int64
    }

    /// Everything that has to stay on the shelf for this slot.
    package var needed: Set<TreeDigest> {
        var needed = Set([current, previous, older, shadow].compactMap(\.self))
        if let task {
            needed.insert(task.digest)
            if let before = task.before { needed.insert(before) }
        }
        return needed
    }
}
