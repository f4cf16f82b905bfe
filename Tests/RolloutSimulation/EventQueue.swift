/// What happens next, in order of time: a binary heap.
struct EventQueue {
    enum Kind: UInt8 {
        case contact
        case wake
        case step
    }

    struct Event {
        let at: Int64
        /// Breaks ties, so that a seed gives one order.
        let number: UInt64
        let ship: Int32
        let kind: Kind
    }

    private var heap: [Event] = []
    private var count: UInt64 = 0

    private static func isEarlier(_ left: Event, _ right: Event) -> Bool {
        left.at != right.at ? left.at < right.at : left.number < right.number
    }

    mutating func add(_ kind: Kind, ship: Int, at moment: Int64) {
        count += 1
        heap.append(Event(at: moment, number: count, ship: Int32(ship), kind: kind))
        var child = heap.count - 1
        while child > 0, Self.isEarlier(heap[child], heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    var nextTime: Int64? { heap.first?.at }

    mutating func pop() -> Event? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && Self.isEarlier(heap[child], heap[least]) {
                least = child
            }
            if least == parent { return first }
            heap.swapAt(least, parent)
            parent = least
        }
    }
}
