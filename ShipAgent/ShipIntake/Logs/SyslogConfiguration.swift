import FleetModel

/// Where syslog is listened for, and what one sender may bring.
package struct SyslogConfiguration: Sendable {
    package var udp: IntakeAddress?
    package var tcp: IntakeAddress?
    /// Longer messages are cut.
    package var messageBytes: Int
    /// Of one address. TCP is read no faster; datagrams beyond it are dropped, counted and declared.
    package var messagesPerSecond: Int
    package var connections: Int

    package init(
        udp: IntakeAddress? = nil,
        tcp: IntakeAddress? = nil,
        messageBytes: Int = 8192,
        messagesPerSecond: Int = 2000,
        connections: Int = IntakeLimits.connections
    ) {
        self.udp = udp
        self.tcp = tcp
        self.messageBytes = messageBytes
        self.messagesPerSecond = messagesPerSecond
        self.connections = connections
    }

    /// Two seconds' worth may come at once.
    var rates: RateLimiter {
        RateLimiter(
            requestsPerSecond: messagesPerSecond,
            bytesPerSecond: messagesPerSecond * messageBytes
        )
    }
}
