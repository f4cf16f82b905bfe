import FleetModel
import FleetProtocol
import FleetTestSupport

/// A ship, a shore and a bad link, all from one seed: bytes are delivered late and in any pieces,
/// connections are cut at any byte, and either side crashes and loses what was not durable.
struct SyncSimulation {
    private var generator: SeededGenerator
    private var ship: SimulatedShip
    private var shore: SimulatedShore
    private var up: [UInt8] = []
    private var down: [UInt8] = []
    private var now = Timestamp(seconds: 1_000_000)
    private var mayBeSentAgain = 0
    private(set) var cuts = 0

    init(seed: UInt64, fault: SimulatedShore.Fault? = nil) {
        generator = SeededGenerator(seed: seed)
        ship = SimulatedShip(using: &generator)
        shore = SimulatedShore(fault: fault, isReporting: seed % 2 == 0)
    }

    /// Trouble for a while, then a good link, then the reckoning.
    ///
    /// - Throws: `SimulationFailure` for a promise that did not hold, `ProtocolError` where one side
    ///   refused the other.
    mutating func run() throws {
        for _ in 0..<Int.random(in: 50...400, using: &generator) {
            try step()
            try checkNothingIsAheadOfItsTurn()
        }
        ship.sealAll()
        var steps = 0
        while !(ship.session?.isCaughtUp ?? false) {
            steps += 1
            guard steps < 20_000 else { throw SimulationFailure("it does not converge") }
            try goodStep()
        }
        try reckon()
    }

    private mutating func step() throws {
        now = now + .milliseconds(Int64.random(in: 1...500, using: &generator))
        guard ship.session != nil else {
            if generator.chance(0.3) { ship.sealMore(using: &generator) }
            up += ship.connect(at: now)
            return
        }
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<40: up += try ship.send(at: now, using: &generator) ?? []
        case 40..<60: try deliverUp(Int.random(in: 1...20_000, using: &generator))
        case 60..<75: try deliverDown(Int.random(in: 1...200, using: &generator))
        case 75..<85: down += shore.hasWork ? try shore.commit() : []
        case 85..<90: ship.sealMore(using: &generator)
        case 90..<94: ship.save()
        default: try cut()
        }
    }

    private mutating func goodStep() throws {
        now = now + .milliseconds(1)
        if ship.session == nil { up += ship.connect(at: now) }
        up += try ship.send(at: now, using: &generator) ?? []
        try deliverUp(up.count)
        if shore.hasWork { down += try shore.commit() }
        try deliverDown(down.count)
    }

    private mutating func deliverUp(_ count: Int) throws {
        let piece = Array(up.prefix(count))
        up.removeFirst(piece.count)
        down += try shore.receive(piece, at: now)
    }

    private mutating func deliverDown(_ count: Int) throws {
        let piece = Array(down.prefix(count))
        down.removeFirst(piece.count)
        try ship.receive(piece, at: now)
    }

    /// Some of what is under way still arrives, at either end; the rest never does.
    private mutating func cut() throws {
        cuts += 1
        try deliverUp(Int.random(in: 0...up.count, using: &generator))
        try deliverDown(Int.random(in: 0...down.count, using: &generator))
        (up, down) = ([], [])
        mayBeSentAgain += ship.disconnect(crashed: generator.chance(0.3))
        try shore.disconnect(crashed: generator.chance(0.4))
    }

    private func checkNothingIsAheadOfItsTurn() throws {
        for (lane, belief) in ship.durableBelief
        where belief.sequence > UInt64(shore.committed[lane]?.count ?? 0) {
            throw SimulationFailure("the ship forgot a segment of \(lane) that is not committed")
        }
        let definitions = shore.committed[.catalogue]?.count ?? 0
        for (lane, cited) in ship.cited {
            for segment in shore.committed[lane] ?? []
            where cited[Int(segment.sequence)] > definitions {
                throw SimulationFailure("\(lane) was committed before what it cites")
            }
        }
    }

    private func reckon() throws {
        for (lane, sealed) in ship.segments {
            let stored = shore.committed[lane] ?? []
            guard stored.map(\.sequence) == (0..<UInt64(sealed.count)).map({ $0 }) else {
                throw SimulationFailure("\(lane): committed were \(stored.map(\.sequence))")
            }
            guard stored.map(\.bytes) == sealed else {
                throw SimulationFailure("\(lane): the bytes ashore are others")
            }
            guard stored.allSatisfy({ $0.recordCount == $0.sequence + 100 }) else {
                throw SimulationFailure("\(lane): a count of records is another")
            }
        }
        guard ship.payloadSent <= ship.payloadBytes + mayBeSentAgain else {
            throw SimulationFailure(
                "\(ship.payloadSent) bytes sent of \(ship.payloadBytes), and only "
                    + "\(mayBeSentAgain) were under way at cuts"
            )
        }
    }
}
