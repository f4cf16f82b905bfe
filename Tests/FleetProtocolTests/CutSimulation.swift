import FleetModel
import FleetProtocol
import FleetTestSupport
import Glibc

/// Months on a satellite link in seconds: one ship with an endless backlog, one shore, and a link
/// that is cut again and again, all from one seed and with a clock of its own.
///
/// Kernels and modems on the way take everything that the ship hands out, and lose it at a cut:
/// what bounds the loss is the ship's window alone. Bytes are not encoded; `SyncSimulation` does that.
struct CutSimulation {
    struct Link {
        /// Payload bytes a second.
        var rate = 16_000.0
        var roundTrip = 600_000
        /// The part of frames that must be sent again.
        var loss = 0.0
        /// Mean time from a connection's first byte to its cut, in microseconds.
        var upTime = 30_000_000.0
    }

    /// Makes the window useless, as it was before there was one.
    let isWindowIgnored: Bool
    private let link: Link
    private var generator: SeededGenerator
    private var now = 0
    private(set) var cuts = 0
    /// Payload that left the ship's session, and the bytes of the segments that are ashore.
    private(set) var sentBytes = 0
    private(set) var storedBytes = 0
    private(set) var wastedBytes = 0
    /// How long each event took from the store to the tables, in microseconds.
    private(set) var eventTimes: [Int] = []
    /// Time connected and not cut, in microseconds.
    private(set) var connectedTime = 0

    // The ship.
    private var upload: UploadSession?
    private var estimate: SendWindow.Estimate?
    private var inDoubt: Set<Lane> = []
    private var belief: [Lane: LanePosition] = [:]
    private var ends: [Lane: UInt64] = [.events: 0, .metrics: 1_000_000]
    private var raisedAt: [Int] = []
    private var nextEvent = 0
    private var greetedAt = 0

    // The link: what is under way, in order, by the time of its arrival.
    private var up: [(at: Int, frame: DataFrame)] = []
    private var firstUp = 0
    private var down: [(at: Int, message: Answer)] = []
    private var lineFreeAt = 0
    private var lastUpArrival = 0
    private var cutAt = 0
    private var connectAt: Int? = 0
    private var helloAt: Int?

    // The shore.
    private var receive: ReceiveSession?
    private var receivedBytes: UInt64 = 0
    private var stored: [Lane: UInt64] = [.events: 0, .metrics: 0]
    private var staged: [Lane: [UInt8]] = [.events: [], .metrics: []]
    private var commitAt: Int?
    private var waiting: [ReceiveSession.Segment] = []
    private var oldestUndurable: Int?

    private enum Answer {
        case state(ShoreState)
        case received(UInt64)
        case acknowledgement([LaneAcknowledgement])
    }

    init(seed: UInt64, link: Link, isWindowIgnored: Bool = false) {
        generator = SeededGenerator(seed: seed)
        self.link = link
        self.isWindowIgnored = isWindowIgnored
        for lane in [Lane.events, .metrics] { belief[lane] = LanePosition(lane: lane) }
    }

    /// - Throws: `SimulationFailure` where a byte is not as it was sealed.
    mutating func run(cuts count: Int) throws {
        nextEvent = Int(generator.exponential(mean: 20_000_000))
        while cuts < count { try step() }
    }

    private mutating func step() throws {
        var next = min(cutAt == 0 ? .max : cutAt, nextEvent)
        if let connectAt { next = min(next, connectAt) }
        if let helloAt { next = min(next, helloAt) }
        if let commitAt { next = min(next, commitAt) }
        if firstUp < up.count { next = min(next, up[firstUp].at) }
        if let first = down.first { next = min(next, first.at) }
        if upload != nil { connectedTime += next - now }
        now = next
        if let at = helloAt, at <= now { return openShore() }
        if let at = connectAt, at <= now { return connect() }
        if cutAt != 0, cutAt <= now { return try cut() }
        if nextEvent <= now { raise() }
        if firstUp < up.count, up[firstUp].at <= now { try arrive() }
        if let at = commitAt, at <= now { try commit() }
        if let first = down.first, first.at <= now { try hear() }
        send()
    }

    private var moment: Timestamp { Timestamp(milliseconds: Int64(now / 1000)) }

    // MARK: The ship

    private mutating func connect() {
        connectAt = nil
        // TCP and TLS cost two round trips, then the hello leaves.
        now += 2 * link.roundTrip
        cutAt = now + Int(generator.exponential(mean: link.upTime))
        greetedAt = now
        helloAt = now + link.roundTrip / 2
        let reports = belief.values.map { position in
            Hello.LaneReport(position: position, firstHeld: 0, end: ends[position.lane] ?? 0)
        }
        upload = UploadSession(lanes: reports, inDoubt: inDoubt, estimate: estimate, at: moment)
        (up, firstUp, down) = ([], 0, [])
        (lineFreeAt, lastUpArrival) = (now, now)
        send()
    }

    private mutating func send() {
        let sentAt = moment
        while let piece = upload?.nextPiece() {
            let length = Self.length(piece.lane, piece.sequence)
            let most = upload?.payloadLimit ?? 1
            let end = min(length, Int(piece.offset) + most)
            let frame = DataFrame(
                lane: piece.lane,
                sequence: piece.sequence,
                offset: piece.offset,
                recordCount: end == length ? piece.sequence + 100 : nil,
                payload: Self.bytes(piece.lane, piece.sequence, Int(piece.offset)..<end)
            )
            upload?.pieceWasSent(piece, count: frame.payload.count, length: length, at: sentAt)
            sentBytes += frame.payload.count
            lineFreeAt =
                max(lineFreeAt, now) + Int(Double(frame.payload.count + 40) / link.rate * 1e6)
            var arrival = lineFreeAt + link.roundTrip / 2
            if generator.chance(link.loss) { arrival += link.roundTrip }
            // In order: what was lost holds up what follows it.
            lastUpArrival = max(lastUpArrival, arrival)
            up.append((lastUpArrival, frame))
        }
    }

    private mutating func raise() {
        nextEvent = now + Int(generator.exponential(mean: 20_000_000))
        guard upload != nil else { return }
        raisedAt.append(now)
        ends[.events, default: 0] += 1
        upload?.segmentsBecameAvailable(.events, end: ends[.events] ?? 0)
    }

    private mutating func hear() throws {
        let releases: [UploadSession.Release]
        let heardAt = moment
        switch down.removeFirst().message {
        case .state(let state):
            releases = try upload?.stateReceived(state, firstHeld: [:], at: heardAt) ?? []
        case .received(let total):
            upload?.receivedReported(total, at: heardAt)
            releases = []
        case .acknowledgement(let lanes):
            releases = try upload?.acknowledgementReceived(lanes, at: heardAt) ?? []
        }
        for release in releases {
            belief[release.lane] = LanePosition(
                lane: release.lane,
                sequence: release.sequence,
                offset: release.durableOffset
            )
        }
    }

    // MARK: The link

    private mutating func cut() throws {
        cuts += 1
        cutAt = 0
        estimate = upload?.estimate ?? estimate
        inDoubt = upload?.lanesInFlight ?? inDoubt
        upload = nil
        (up, firstUp, down, helloAt) = ([], 0, [], nil)
        // The shore makes durable what came.
        if receive != nil { try commit() }
        wastedBytes += receive?.wastedBytes ?? 0
        receive = nil
        commitAt = nil
        connectAt = now + 1_000_000
        // Events that were raised meanwhile wait for the next session: not what is measured.
        raisedAt = raisedAt.map { _ in -1 }
    }

    // MARK: The shore

    private mutating func openShore() {
        helloAt = nil
        let positions = stored.map { lane, sequence in
            LanePosition(
                lane: lane,
                sequence: sequence,
                offset: UInt64(staged[lane]?.count ?? 0)
            )
        }
        receive = ReceiveSession(positions: positions, staged: staged)
        receivedBytes = 0
        oldestUndurable = nil
        answer(
            .state(
                ShoreState(
                    version: 1,
                    at: moment,
                    positions: positions,
                    catalogueWatermark: 0,
                    renewCertificate: false,
                    reportsReceived: !isWindowIgnored
                )
            )
        )
    }

    private mutating func answer(_ message: Answer) {
        down.append((now + link.roundTrip / 2, message))
    }

    private mutating func arrive() throws {
        let frame = up[firstUp].frame
        firstUp += 1
        if firstUp > 256 {
            up.removeFirst(firstUp)
            firstUp = 0
        }
        receivedBytes += UInt64(frame.payload.count)
        if let segment = try receive?.dataReceived(frame) { waiting.append(segment) }
        if !isWindowIgnored { answer(.received(receivedBytes)) }
        if !waiting.isEmpty {
            // A transaction takes its time.
            commitAt = min(commitAt ?? .max, now + 20_000)
        } else if receive?.undurableBytes ?? 0 > 0 {
            commitAt = min(commitAt ?? .max, now + 1_000_000)
        }
    }

    private mutating func commit() throws {
        commitAt = nil
        for segment in waiting {
            let next = stored[segment.lane] ?? 0
            let whole = 0..<Self.length(segment.lane, segment.sequence)
            guard segment.sequence == next, segment.recordCount == next + 100,
                Self.isEqual(segment.bytes, Self.bytes(segment.lane, next, whole))
            else {
                throw SimulationFailure("segment \(segment.sequence) of \(segment.lane) is wrong")
            }
            stored[segment.lane] = next + 1
            staged[segment.lane] = []
            storedBytes += segment.bytes.count
            if segment.lane == .events, raisedAt.indices.contains(Int(next)),
                raisedAt[Int(next)] >= 0
            {
                eventTimes.append(now - raisedAt[Int(next)])
            }
        }
        waiting = []
        for partial in receive?.takePartials() ?? [] {
            staged[partial.lane, default: []] += partial.bytes
        }
        let lanes = stored.map { lane, sequence in
            LaneAcknowledgement(
                lane: lane,
                committed: sequence,
                durableOffset: UInt64(staged[lane]?.count ?? 0)
            )
        }
        answer(.acknowledgement(lanes))
    }

    /// `==` looks at one byte after the other in a debug build.
    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && memcmp(left, right, left.count) == 0
    }

    // MARK: What is sent

    /// Whatever stands in a segment: a place in one long pattern, so that a byte that is missing or
    /// out of its place shows.
    private static let pattern: [UInt8] = (0..<(Limits.segmentBytes + 65_536)).map {
        UInt8(truncatingIfNeeded: (UInt64($0) &* 2_654_435_761) >> 13)
    }

    private static func length(_ lane: Lane, _ sequence: UInt64) -> Int {
        lane == .events ? 180 : 500 + Int(sequence &* 7919 % 40) * 5000
    }

    private static func bytes(_ lane: Lane, _ sequence: UInt64, _ range: Range<Int>) -> [UInt8] {
        let start = Int(sequence &* 31 % 65_000) + (lane == .events ? 7 : 0)
        return Array(pattern[(start + range.lowerBound)..<(start + range.upperBound)])
    }
}
