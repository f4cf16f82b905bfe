import FleetModel

/// Where NMEA 0183 is heard.
package struct NMEAConfiguration: Sendable {
    package var udp: IntakeAddress?
    package var tcp: IntakeAddress?
    /// A multiplexer that is dialled: host and port.
    package var dial: (host: String, port: Int)?

    package init(
        udp: IntakeAddress? = nil,
        tcp: IntakeAddress? = nil,
        dial: (host: String, port: Int)? = nil
    ) {
        self.udp = udp
        self.tcp = tcp
        self.dial = dial
    }

    /// A busy bridge speaks 100 sentences a second.
    static var rates: RateLimiter {
        RateLimiter(requestsPerSecond: 1000, bytesPerSecond: 256 * 1024)
    }
}
