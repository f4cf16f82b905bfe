/// The last frame of a session.
package struct Goodbye: Sendable, Equatable {
    /// A word of `ProtocolError.Code`, or `finished` and `restarting`, which are no errors.
    package let code: String
    /// One sentence for the log.
    package let message: String
    /// How long the ship should stay away, in seconds; 0 leaves it to the ship.
    package let retryAfterSeconds: UInt32

    /// A day: nobody should send a ship away for longer by mistake.
    package static let longestAbsenceSeconds: UInt32 = 86_400

    /// Brings everything within its limit: a reason that is too long must not become a frame that
    /// the peer can't read.
    package init(code: String, message: String, retryAfterSeconds: UInt32 = 0) {
        self.code = Self.bounded(code)
        self.message = Self.bounded(message)
        self.retryAfterSeconds = min(retryAfterSeconds, Self.longestAbsenceSeconds)
    }

    package init(_ error: ProtocolError, retryAfterSeconds: UInt32 = 0) {
        self.init(
            code: error.code.name,
            message: error.reason,
            retryAfterSeconds: retryAfterSeconds
        )
    }

    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > ProtocolLimits.goodbyeMessageBytes else { return text }
        var bounded = String.UnicodeScalarView()
        var count = 0
        for scalar in text.unicodeScalars {
            count += UTF8.width(scalar)
            guard count <= ProtocolLimits.goodbyeMessageBytes else { break }
            bounded.append(scalar)
        }
        return String(bounded)
    }

    package static let finished = Self(code: "finished", message: "nothing more to say")
    package static let restarting = Self(
        code: "restarting",
        message: "the shore is going down for a moment",
        retryAfterSeconds: 2
    )
}
