import FleetModel
import FleetProtocol
import FleetTestSupport

/// A ship with its segments and, while it is connected, its session.
struct SimulatedShip {
    struct Belief: Equatable {
        var sequence: UInt64 = 0
        var offset: UInt64 = 0
    }

    /// Everything it will ever seal; only those before `sealed` are in its store yet.
    let segments: [Lane: [[UInt8]]]
    private(set) var sealed: [Lane: Int] = [:]
    /// How much of the catalogue was sealed before each segment that may cite it.
    private(set) var cited: [Lane: [Int]] = [:]
    /// Lanes that were under way when the last session ended.
    private var inDoubt: Set<Lane> = []
    /// What it knows the shore to have, and how much of that knowledge a crash leaves.
    private var belief: [Lane: Belief] = [:]
    private(set) var durableBelief: [Lane: Belief] = [:]
    private(set) var session: UploadSession?
    private var decoder = FrameDecoder()
    private(set) var payloadSent = 0

    init(using generator: inout SeededGenerator) {
        var segments: [Lane: [[UInt8]]] = [:]
        for lane in Lane.allCases {
            segments[lane] = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
                let longest = generator.chance(0.2) ? 60_000 : 600
                let seed = generator.next()
                return (0..<Int.random(in: 1...longest, using: &generator)).map {
                    UInt8(truncatingIfNeeded: (UInt64($0) &* 2_654_435_761 ^ seed) >> 13)
                }
            }
            belief[lane] = Belief()
            durableBelief[lane] = Belief()
            sealed[lane] = Int.random(in: 0...(segments[lane]?.count ?? 0), using: &generator)
        }
        self.segments = segments
        for lane in Lane.allCases { cite(lane) }
    }

    /// Writes down what the newest segments of a lane may cite.
    private mutating func cite(_ lane: Lane) {
        guard lane.citesCatalogue else { return }
        while cited[lane, default: []].count < sealed[lane] ?? 0 {
            cited[lane, default: []].append(sealed[.catalogue] ?? 0)
        }
    }

    var payloadBytes: Int { segments.values.joined().reduce(0) { $0 + $1.count } }
    var hasSealedAll: Bool { segments.allSatisfy { sealed[$0.key] == $0.value.count } }

    mutating func sealMore(using generator: inout SeededGenerator) {
        guard let lane = Lane.allCases.randomElement(using: &generator), let now = sealed[lane],
            now < segments[lane]?.count ?? 0
        else { return }
        sealed[lane] = now + 1
        cite(lane)
        session?.segmentsBecameAvailable(lane, end: UInt64(now + 1))
    }

    mutating func sealAll() {
        for lane in Lane.inOrder {
            sealed[lane] = segments[lane]?.count ?? 0
            cite(lane)
            session?.segmentsBecameAvailable(lane, end: UInt64(sealed[lane] ?? 0))
        }
    }

    /// Opens a session; the answer is the hello's bytes.
    mutating func connect(at now: Timestamp) -> [UInt8] {
        decoder = FrameDecoder()
        let reports = Lane.allCases.map { lane in
            let known = belief[lane] ?? Belief()
            return Hello.LaneReport(
                position: LanePosition(lane: lane, sequence: known.sequence, offset: known.offset),
                firstHeld: durableBelief[lane]?.sequence ?? 0,
                end: UInt64(sealed[lane] ?? 0)
            )
        }
        session = UploadSession(lanes: reports, inDoubt: inDoubt, at: now)
        return FrameEncoder.encode(
            .hello(
                Hello(
                    agentVersion: "simulated",
                    epoch: LaneEpoch(1),
                    at: now,
                    lanes: reports,
                    ledger: LedgerReport(totals: [:])
                )
            )
        )
    }

    /// The next piece as bytes of a frame, or `nil` when there is nothing to send.
    mutating func send(at now: Timestamp, using generator: inout SeededGenerator) throws -> [UInt8]?
    {
        guard var session, let piece = session.nextPiece() else { return nil }
        let segment = segments[piece.lane]?[Int(piece.sequence)] ?? []
        guard Int(piece.offset) < segment.count else {
            throw SimulationFailure("the session asks for bytes beyond segment \(piece.sequence)")
        }
        let longest = min(segment.count - Int(piece.offset), Limits.framePayloadBytes)
        let count = generator.chance(0.5) ? longest : Int.random(in: 1...longest, using: &generator)
        let end = Int(piece.offset) + count
        session.pieceWasSent(piece, count: count, length: segment.count, at: now)
        self.session = session
        payloadSent += count
        return FrameEncoder.encode(
            .data(
                DataFrame(
                    lane: piece.lane,
                    sequence: piece.sequence,
                    offset: piece.offset,
                    recordCount: end == segment.count ? piece.sequence + 100 : nil,
                    payload: Array(segment[Int(piece.offset)..<end])
                )
            )
        )
    }

    mutating func receive(_ bytes: [UInt8], at now: Timestamp) throws {
        decoder.append(bytes)
        while let frame = try decoder.next() {
            guard var session else { return }
            let releases: [UploadSession.Release]
            switch frame {
            case .state(let state):
                let held = durableBelief.mapValues(\.sequence)
                releases = try session.stateReceived(state, firstHeld: held, at: now)
            case .received(let total):
                session.receivedReported(total, at: now)
                releases = []
            case .acknowledgement(let lanes):
                releases = try session.acknowledgementReceived(lanes, at: now)
            default:
                throw SimulationFailure("the ship got a \(frame.kind)")
            }
            for release in releases {
                belief[release.lane] = Belief(
                    sequence: release.sequence,
                    offset: release.durableOffset
                )
            }
            self.session = session
        }
    }

    /// Writes down what is believed: segments before it are gone from the store.
    mutating func save() { durableBelief = belief }

    /// The connection is gone, and where the ship crashed so is what it had not written down.
    ///
    /// - Returns: how many bytes may have to be sent again for it.
    mutating func disconnect(crashed: Bool) -> Int {
        var again = session?.unacknowledgedBytes ?? 0
        inDoubt = session?.lanesInFlight ?? inDoubt
        session = nil
        if crashed {
            // What was under way is not written down.
            inDoubt = []
            for lane in Lane.allCases {
                again +=
                    bytes(before: belief[lane], in: lane)
                    - bytes(before: durableBelief[lane], in: lane)
            }
            belief = durableBelief
        }
        return again
    }

    private func bytes(before place: Belief?, in lane: Lane) -> Int {
        guard let place else { return 0 }
        let whole = segments[lane]?.prefix(Int(place.sequence)).reduce(0) { $0 + $1.count } ?? 0
        return whole + Int(place.offset)
    }
}

/// A promise that did not hold.
struct SimulationFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
