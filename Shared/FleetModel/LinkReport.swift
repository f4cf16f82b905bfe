/// What a ship used of one class of link in one stretch of time, and what that cost.
package struct LinkReport: Hashable, Sendable {
    package let from: Timestamp
    package let to: Timestamp
    /// The configured name, such as `vsat`.
    package let linkClass: String
    package let bytesUp: UInt64
    package let bytesDown: UInt64
    package let connected: Duration
    /// In millionths of the currency's unit.
    package let costMicros: UInt64
    /// ISO 4217, or empty where no price is configured.
    package let currency: String

    package init(
        from: Timestamp,
        to: Timestamp,
        linkClass: String,
        bytesUp: UInt64,
        bytesDown: UInt64,
        connected: Duration,
        costMicros: UInt64,
        currency: String
    ) {
        self.from = from
        self.to = to
        self.linkClass = linkClass
        self.bytesUp = bytesUp
        self.bytesDown = bytesDown
        self.connected = connected
        self.costMicros = costMicros
        self.currency = currency
    }
}
