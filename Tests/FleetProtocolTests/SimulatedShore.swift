import FleetModel
import FleetProtocol

/// A shore with its tables and, while a ship is connected, its session.
struct SimulatedShore {
    /// Bugs that the simulation must find.
    enum Fault: CaseIterable {
        /// Takes every piece of the segment it waits for, whether it has the bytes or not.
        case takesBytesTwice
        /// Says that a segment is committed when it has only arrived.
        case acknowledgesBeforeCommit
        /// Says that bytes are durable, and forgets to store them.
        case forgetsStaging
        /// Commits a segment again when the ship sends it again.
        case commitsTwice
    }

    let fault: Fault?
    /// Says what it has received, as shores do since the ship keeps a window.
    let isReporting: Bool
    private var received: UInt64 = 0
    /// The tables: what is here survives every crash.
    private(set) var committed: [Lane: [ReceiveSession.Segment]] = [:]
    private var staged: [Lane: [UInt8]] = [:]

    private var decoder = FrameDecoder()
    private var session: ReceiveSession?
    private var waiting: [ReceiveSession.Segment] = []
    private var early: [Lane: UInt64] = [:]
    private var naive: [Lane: [UInt8]] = [:]
    private var forgotten: [Lane: UInt64] = [:]

    init(fault: Fault? = nil, isReporting: Bool = false) {
        self.fault = fault
        self.isReporting = isReporting
    }

    var hasWork: Bool { !waiting.isEmpty || (session?.undurableBytes ?? 0) > 0 }

    /// - Returns: bytes of the answer, if there is one.
    mutating func receive(_ bytes: [UInt8], at now: Timestamp) throws -> [UInt8] {
        decoder.append(bytes)
        var answer: [UInt8] = []
        while let frame = try decoder.next() {
            switch frame {
            case .hello(let hello): answer += open(hello, at: now)
            case .data(let data):
                try take(data)
                received += UInt64(data.payload.count)
                if isReporting { answer += FrameEncoder.encode(.received(received)) }
            default: throw SimulationFailure("the shore got a \(frame.kind)")
            }
            if fault == .acknowledgesBeforeCommit, !waiting.isEmpty { answer += acknowledgement() }
        }
        return answer
    }

    private mutating func open(_ hello: Hello, at now: Timestamp) -> [UInt8] {
        let positions = hello.lanes.map { report in
            let lane = report.position.lane
            return LanePosition(
                lane: lane,
                sequence: UInt64(committed[lane]?.count ?? 0),
                offset: UInt64(staged[lane]?.count ?? 0)
            )
        }
        session = ReceiveSession(positions: positions, staged: staged)
        received = 0
        naive = staged
        return FrameEncoder.encode(
            .state(
                ShoreState(
                    version: 1,
                    at: now,
                    positions: positions,
                    catalogueWatermark: 0,
                    renewCertificate: false,
                    reportsReceived: isReporting
                )
            )
        )
    }

    private mutating func take(_ data: DataFrame) throws {
        guard var session else { throw SimulationFailure("data came before the hello") }
        let segment = try session.dataReceived(data)
        self.session = session
        if fault == .takesBytesTwice { naive[data.lane, default: []] += data.payload }
        guard let segment else { return }
        if fault == .takesBytesTwice {
            waiting.append(
                ReceiveSession.Segment(
                    lane: segment.lane,
                    sequence: segment.sequence,
                    recordCount: segment.recordCount,
                    bytes: naive[segment.lane] ?? []
                )
            )
            naive[segment.lane] = []
        } else {
            waiting.append(segment)
        }
        early[segment.lane] = segment.sequence + 1
    }

    /// One transaction: whole segments with their positions, and the durable parts of others.
    ///
    /// - Returns: the acknowledgement, which may only leave now.
    mutating func commit() throws -> [UInt8] {
        for segment in waiting {
            let next = UInt64(committed[segment.lane]?.count ?? 0)
            guard segment.sequence == next || fault == .commitsTwice else {
                throw SimulationFailure("segment \(segment.sequence) came where \(next) is next")
            }
            committed[segment.lane, default: []].append(segment)
            if fault == .commitsTwice, segment.sequence % 3 == 1 {
                committed[segment.lane]?.append(segment)
            }
            staged[segment.lane] = []
            forgotten[segment.lane] = nil
        }
        waiting = []
        for partial in session?.takePartials() ?? [] {
            if fault == .forgetsStaging {
                forgotten[partial.lane] = partial.offset + UInt64(partial.bytes.count)
                continue
            }
            guard staged[partial.lane, default: []].count == Int(partial.offset) else {
                throw SimulationFailure("a part from \(partial.offset) on leaves a hole")
            }
            staged[partial.lane, default: []] += partial.bytes
        }
        return acknowledgement()
    }

    private func acknowledgement() -> [UInt8] {
        FrameEncoder.encode(
            .acknowledgement(
                Lane.allCases.map { lane in
                    let stored = UInt64(committed[lane]?.count ?? 0)
                    let offset = forgotten[lane] ?? UInt64(staged[lane]?.count ?? 0)
                    let isEarly = fault == .acknowledgesBeforeCommit
                    let next = isEarly ? max(stored, early[lane] ?? 0) : stored
                    return LaneAcknowledgement(
                        lane: lane,
                        committed: next,
                        durableOffset: next == stored ? offset : 0
                    )
                }
            )
        )
    }

    /// The connection is gone. Without a crash, what had arrived whole may still be committed.
    mutating func disconnect(crashed: Bool) throws {
        if !crashed { _ = try commit() }
        session = nil
        waiting = []
        (early, forgotten) = ([:], [:])
        decoder = FrameDecoder()
    }
}
