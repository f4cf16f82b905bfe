/// What has crossed a link so far.
package struct LinkStatistics: Sendable, Equatable {
    /// Connections accepted, those among them that an outage reset at once.
    package var connections = 0
    /// Connections open now.
    package var open = 0
    /// Connections cut mid-stream, by the conditions or by `cutAll`.
    package var cuts = 0
    /// Connections reset or refused because the link was out.
    package var outageResets = 0
    /// Payload bytes handed to the shore.
    package var bytesUp = 0
    /// Payload bytes handed to the ship.
    package var bytesDown = 0
    /// Payload bytes that each connection which has ended handed to the shore; the newest of them.
    package var bytesUpOfEnded: [Int] = []
    /// How many of `bytesUpOfEnded` are kept.
    static let endedLimit = 10_000
    /// Bytes the link carried, lost segments counted as often as they were sent.
    package var wireBytesUp = 0
    package var wireBytesDown = 0
}
