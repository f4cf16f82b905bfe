import FleetModel

/// The newest sample of each series that was taken in, by the series' number: what makes a sample
/// that is sent again a duplicate, and one from before it out of order, as in Prometheus.
struct SeriesMemory: Sendable {
    enum Admission {
        case taken
        /// The series has this sample.
        case duplicate
        /// The series has another value at this time.
        case conflict
        case outOfOrder
    }

    /// A state before a sample was taken, for when it could not be stored.
    struct Former: Sendable {
        let number: UInt32
        let newest: Int64
        let bits: UInt64
    }

    private struct State {
        var newest = Int64.min
        var bits = unknownBits
        var group = UInt32.max
    }

    /// Stands for a value that was forgotten: after a restart only the times are known, and a sample
    /// of such a time passes for a duplicate. No sender's value has these bits.
    private static let unknownBits = UInt64.max

    private var states: [State]

    /// - Parameter newest: by number, `Int64.min` where there is none.
    init(newest: [Int64]) {
        states = newest.map { State(newest: $0) }
    }

    func group(of number: UInt32) -> UInt32 { states[Int(number)].group }

    mutating func enter(_ number: UInt32, group: UInt32) {
        // Appending grows by a factor: to reserve a few more each time would copy all of it each time.
        while states.count <= Int(number) { states.append(State()) }
        states[Int(number)].group = group
    }

    @inline(__always)
    mutating func admit(
        _ number: UInt32,
        _ time: Int64,
        _ value: Double,
        _ former: inout [Former]
    ) -> Admission {
        let index = Int(number)
        let newest = states[index].newest
        if time > newest {
            former.append(Former(number: number, newest: newest, bits: states[index].bits))
            states[index].newest = time
            states[index].bits = value.bitPattern
            return .taken
        }
        guard time == newest else { return .outOfOrder }
        let bits = states[index].bits
        return bits == value.bitPattern || bits == Self.unknownBits ? .duplicate : .conflict
    }

    mutating func takeBack(_ former: [Former]) {
        for one in former.reversed() {
            states[Int(one.number)].newest = one.newest
            states[Int(one.number)].bits = one.bits
        }
    }
}
