import FleetModel

/// Which entries are asked for. Texts are what an entry's begin with; empty is any.
package struct AuditFilter: Sendable {
    package var actor: String
    package var action: String
    package var target: String
    package var from: Timestamp
    package var to: Timestamp

    package init(
        actor: String = "",
        action: String = "",
        target: String = "",
        from: Timestamp = Timestamp(milliseconds: .min),
        to: Timestamp = Timestamp(milliseconds: .max)
    ) {
        self.actor = actor
        self.action = action
        self.target = target
        self.from = from
        self.to = to
    }
}
