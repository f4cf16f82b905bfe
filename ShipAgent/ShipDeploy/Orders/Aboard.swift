import FleetDeploy

/// What an order is measured against.
package struct Aboard: Sendable {
    /// Configured here, with the names of the commands that may be probes.
    let slots: [SlotName: Set<String>]
    /// Those of them whose anomalies are known.
    let detecting: Set<SlotName>
    /// Whether the shelf has a tree.
    let holds: @Sendable (TreeDigest) -> Bool
    let freeBytes: UInt64

    /// What stays free beside a new tree.
    package static let margin: UInt64 = 1 << 20

    package init(
        slots: [SlotName: Set<String>],
        detecting: Set<SlotName> = [],
        holds: @escaping @Sendable (TreeDigest) -> Bool,
        freeBytes: UInt64
    ) {
        self.slots = slots
        self.detecting = detecting
        self.holds = holds
        self.freeBytes = freeBytes
    }

    /// Whether a contract can be kept here.
    func check(_ contract: AcceptanceContract, in slot: SlotName) throws(DirectiveRefusal) {
        guard contract.soak < contract.deadMan, contract.deadMan <= AcceptanceContract.longest
        else {
            throw DirectiveRefusal(
                .malformed,
                "a contract's dead-man time is longer than its soak, and at most "
                    + "\(AcceptanceContract.longest) s"
            )
        }
        guard contract.probes.count <= Probe.limit else {
            throw DirectiveRefusal(.malformed, "a contract has at most \(Probe.limit) probes")
        }
        for probe in contract.probes {
            guard probe.interval > 0, probe.failures > 0 else {
                throw DirectiveRefusal(.malformed, "a probe has an interval and a limit")
            }
            switch probe.question {
            case .command(let name):
                guard slots[slot]?.contains(name) == true else {
                    throw DirectiveRefusal(
                        .noSuchProbe,
                        "slot \(slot) has no probe command \(name) in the agent's configuration"
                    )
                }
            case .http(_, let path):
                guard LoopbackProbe.isSafe(path) else {
                    throw DirectiveRefusal(.malformed, "a probe can't ask for such a path")
                }
            case .metric(let selector, _, _):
                guard MetricSelector(selector) != nil else {
                    throw DirectiveRefusal(
                        .noSuchProbe,
                        "\(selector) is no selector that is understood aboard: "
                            + "name{label=\"value\"}"
                    )
                }
            case .anomalies:
                guard detecting.contains(slot) else {
                    throw DirectiveRefusal(
                        .noSuchProbe,
                        "slot \(slot) has no series for anomalies in the agent's configuration"
                    )
                }
            }
        }
    }
}
