import FleetModel

/// What a session used of the link since it was last written down.
package struct LinkUsage: Sendable, Equatable {
    package var connected: Duration
    package var bytesUp: Int
    package var bytesDown: Int
    /// 1 when a session begins, else 0.
    package var sessions: Int

    package init(connected: Duration, bytesUp: Int, bytesDown: Int, sessions: Int) {
        self.connected = connected
        self.bytesUp = bytesUp
        self.bytesDown = bytesDown
        self.sessions = sessions
    }
}
