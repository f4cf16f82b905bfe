/// What a ship that takes orders says of itself in its hello.
package struct OrderStanding: Sendable, Equatable {
    /// The highest counter of a directive that it has taken.
    package let counter: UInt64
    /// The first 64 bits of the SHA-256 of its holdings, as a `holdings` frame carries them: the shore asks
    /// for those that it does not know.
    package let holdings: UInt64

    package init(counter: UInt64, holdings: UInt64) {
        self.counter = counter
        self.holdings = holdings
    }
}
