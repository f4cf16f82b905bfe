import NIOCore

/// What is under way in one direction of one connection, in order.
struct LinkPipe {
    enum Item {
        case bytes(ByteBuffer)
        /// The sender will send no more.
        case end
        /// The sender is gone without an orderly end.
        case reset
    }

    /// Bytes read from the sender and not yet taken by the receiver's kernel.
    var underWay = 0
    /// The sender has ended, whether or not that has arrived.
    private(set) var hasEnded = false
    /// The end has arrived, and the receiver knows.
    var hasDeliveredEnd = false

    private var items: CircularBuffer<(item: Item, due: NIODeadline)> = []
    private var lastDue = NIODeadline.uptimeNanoseconds(0)
    private var isAlarmSet = false

    mutating func append(_ item: Item, due: NIODeadline) {
        switch item {
        case .bytes(let bytes): underWay += bytes.readableBytes
        case .end, .reset: hasEnded = true
        }
        // Never before what is ahead of it.
        lastDue = max(lastDue, due)
        items.append((item, lastDue))
    }

    /// The next item that has arrived by now.
    mutating func next(now: NIODeadline) -> Item? {
        guard let first = items.first, first.due <= now else { return nil }
        items.removeFirst()
        return first.item
    }

    /// When to look again; `nil` if there is nothing to wait for, or an alarm is set already.
    mutating func setAlarm() -> NIODeadline? {
        guard !isAlarmSet, let first = items.first else { return nil }
        isAlarmSet = true
        return first.due
    }

    mutating func alarmRang() {
        isAlarmSet = false
    }

    mutating func clear() {
        items.removeAll()
    }
}
