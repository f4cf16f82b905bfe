import NIOCore

/// One direction of a link: a serial line that all connections share.
struct LinkDirection {
    /// Bytes a modem holds beyond what is on its way: per connection, as TCP sees it.
    private static let modemQueueBytes = 32 * 1024
    /// What may be under way on a line without a speed limit: 14 MB/s at 600 ms.
    private static let unlimitedQueueBytes = 4 * 1024 * 1024
    /// Below this speed data go in segments, so that a small message waits for segments, not for
    /// somebody's 64 kB.
    private static let slowBitsPerSecond = 20_000_000
    static let segmentBytes = 1400

    var bitsPerSecond: Int
    /// When the last byte taken so far will have left the line.
    private var freeAt = NIODeadline.uptimeNanoseconds(0)

    init(bitsPerSecond: Int) {
        self.bitsPerSecond = bitsPerSecond
    }

    /// Takes `count` bytes onto the line; when will the last of them have left it?
    mutating func reserve(_ count: Int, now: NIODeadline) -> NIODeadline {
        let start = max(now, freeAt)
        guard bitsPerSecond > 0 else {
            freeAt = start
            return start
        }
        let nanoseconds = Double(count) * 8e9 / Double(bitsPerSecond)
        freeAt = start + .nanoseconds(Int64(nanoseconds))
        return freeAt
    }

    /// Bytes of one connection that may be under way before it is not read any more.
    func queueLimit(roundTrip: Duration) -> Int {
        guard bitsPerSecond > 0 else { return Self.unlimitedQueueBytes }
        let (seconds, attoseconds) = roundTrip.components
        let oneWaySeconds = (Double(seconds) + Double(attoseconds) / 1e18) / 2
        return Self.modemQueueBytes + Int(Double(bitsPerSecond) / 8 * oneWaySeconds)
    }

    /// The most bytes to read at once.
    func readSize(lossRatio: Double) -> Int {
        let isSlow = bitsPerSecond > 0 && bitsPerSecond < Self.slowBitsPerSecond
        return isSlow || lossRatio > 0 ? Self.segmentBytes : 65_536
    }
}
