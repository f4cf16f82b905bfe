/// On whose behalf something is changed, and why: every change asks for one, and writes it down.
package struct Change: Sendable {
    /// The audit's word for who it was.
    package let actor: String
    package let reason: String
    package let requestID: String
    package let revision: Int64

    package init(actor: String, reason: String = "", requestID: String = "", revision: Int64 = 0) {
        self.actor = actor
        self.reason = reason
        self.requestID = requestID
        self.revision = revision
    }

    package init(by principal: Principal, reason: String = "", requestID: String) {
        self.init(
            actor: principal.actor,
            reason: reason,
            requestID: requestID,
            revision: principal.revision
        )
    }

    /// By somebody at the server's own machine.
    package static func command(_ name: String) -> Change { Change(actor: "command:\(name)") }
}
