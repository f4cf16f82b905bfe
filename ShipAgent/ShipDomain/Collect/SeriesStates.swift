import FleetModel

/// What a target's session knows about each of its series, by the series' number.
struct SeriesStates: Sendable {
    struct State {
        let number: SeriesNumber
        /// The scrape of the last sample in a batch of the scrape's own time.
        var lastSeen: UInt32
        /// Whether the last successful scrape had the series, without a timestamp of its own: what
        /// makes its absence a staleness marker.
        var isLive: Bool
        /// The scrape of the last sample with a timestamp of its own.
        var lastOwn: UInt32
        /// The time of the newest sample.
        var newest: Timestamp
    }

    private(set) var states: [State] = []
    private var indices: [SeriesNumber: UInt32] = [:]

    subscript(index: Int) -> State {
        @inline(__always) get { states[index] }
        @inline(__always) _modify { yield &states[index] }
    }

    /// The index of a series, which is added if it is new.
    mutating func index(of number: SeriesNumber) -> Int {
        if let index = indices[number] { return Int(index) }
        indices[number] = UInt32(truncatingIfNeeded: states.count)
        states.append(
            State(
                number: number,
                lastSeen: 0,
                isLive: false,
                lastOwn: 0,
                newest: Timestamp(milliseconds: .min)
            )
        )
        return states.count - 1
    }

    /// Takes a sample of the scrape's own time. Returns whether it is the scrape's first of the
    /// series.
    @inline(__always)
    mutating func take(_ index: Int, at time: Timestamp, scrape: UInt32, isLive: Bool) -> Bool {
        guard states[index].lastSeen != scrape else { return false }
        states[index].lastSeen = scrape
        states[index].isLive = isLive
        if states[index].newest < time { states[index].newest = time }
        return true
    }

    /// The live series that `scrape` didn't have, which are live no more.
    mutating func endUnseen(in scrape: UInt32) -> [SeriesNumber] {
        var ended: [SeriesNumber] = []
        for index in states.indices where states[index].isLive && states[index].lastSeen != scrape {
            states[index].isLive = false
            ended.append(states[index].number)
        }
        return ended
    }

    /// Keeps the live ones and those at `used`; returns the new index of each old one.
    mutating func compact(keeping used: [Int]) -> [Int] {
        var isKept = states.map(\.isLive)
        for index in used { isKept[index] = true }
        var newIndices = [Int](repeating: 0, count: states.count)
        var kept: [State] = []
        indices = [:]
        for (index, state) in states.enumerated() where isKept[index] {
            newIndices[index] = kept.count
            indices[state.number] = UInt32(truncatingIfNeeded: kept.count)
            kept.append(state)
        }
        states = kept
        return newIndices
    }
}
