/// The last frame of a session.
package struct Goodbye: Sendable, Equatable {
    /// A word of `ProtocolError.Code`, or `finished` and `restarting`, which are no errors.
    package let code: String
    /// One sentence for the log.
    package let message: String
    /// How long the ship should stay away, in seconds; 0 leaves it to the ship.
    package let retryAfterSeconds: UInt32

    package init(code: String, message: String, retryAfterSeconds: UInt32 = 0) {
        self.code = code
        self.message = message
        self.retryAfterSeconds = retryAfterSeconds
    }

    package init(_ error: ProtocolError, retryAfterSeconds: UInt32 = 0) {
        self.init(
            code: error.code.name,
            message: error.reason,
            retryAfterSeconds: retryAfterSeconds
        )
    }

    package static let finished = Self(code: "finished", message: "nothing more to say")
    package static let restarting = Self(
        code: "restarting",
        message: "the shore is going down for a moment",
        retryAfterSeconds: 2
    )
}
