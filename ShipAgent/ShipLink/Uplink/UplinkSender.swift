import FleetModel
import FleetProtocol
import FleetRuntime
import Logging
import NIOCore
import ShipDomain
import ShipStore

/// A session's sending half: which piece goes next, and that it is written.
///
/// It belongs to the session's actor and is only touched there, so that what the shore says and what
/// is sent never cross.
final class UplinkSender {
    typealias Outbound = NIOAsyncChannelOutboundWriter<ByteBuffer>

    private let store: ShipStore
    private let desk: LinkDesk
    private let logger: Logger
    private let outbound: Outbound
    /// What decides; the session tells it what the shore said.
    var upload: UploadSession
    /// While the store follows the shore's word: until then what would be sent may not be there.
    var isSettling = false
    /// Data were sent since this was last set to `false`.
    var hasSentData = false
    private(set) var lastSentAt: ContinuousClock.Instant = .now
    private let started = ContinuousClock.now
    private var loaded: StoredSegment?
    /// Lanes of which nothing waits in the pool, as of the last look around.
    private var emptyPools: Set<Lane> = []
    /// What waits could get no place, for want of room: to be tried again.
    private var isPlaceLacking = false
    private var share: LaneShare

    /// Wakes the sender: something may be sent now. At most one wake-up waits.
    private let wakeUp: AsyncStream<Void>.Continuation
    private let wakeUps: AsyncStream<Void>

    /// How long to wait where the store can't say that something is offered.
    private static let storePause = Duration.milliseconds(500)

    init(
        upload: UploadSession,
        store: ShipStore,
        desk: LinkDesk,
        logger: Logger,
        outbound: Outbound
    ) {
        self.upload = upload
        self.store = store
        self.desk = desk
        self.logger = logger
        self.outbound = outbound
        share = LaneShare(share: desk.backlogShare)
        (wakeUps, wakeUp) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Since the session began.
    var age: Duration { ContinuousClock.now - started }

    /// Time that no hand at the ship's clock moves.
    var steadyNow: Timestamp { Timestamp(milliseconds: age.milliseconds) }

    func wake() { wakeUp.yield() }

    /// Nothing is sent from now on.
    func finish() { wakeUp.finish() }

    /// Sends until the connection ends. The next piece is chosen when the socket can take it.
    func run() async throws {
        for await _ in wakeUps {
            while let piece = try await nextPiece() {
                try await send(piece)
            }
            try Task.checkCancellation()
        }
    }

    /// The next piece by the lanes' order. Before a lane is passed over for a later one, what waits
    /// for it without a place gets one.
    private func nextPiece() async throws -> UploadSession.Piece? {
        while true {
            guard !isSettling else { return nil }
            let allowed = desk.lanes()
            let piece = chosen(allowed)
            // The backlog's turn may come before fresh samples, if it has anything.
            let isTurn = share.isBacklogsTurn && piece?.lane == .metrics
            let pools = Self.pooledLanes.filter { lane in
                allowed.contains(lane) && !emptyPools.contains(lane)
                    && upload.couldTakeMore(of: lane)
                    && (lane.priority < piece?.lane.priority ?? .max || isTurn && lane == .backlog)
            }
            guard let lane = pools.first else { return piece }
            do {
                if try await store.sequenceNext(lane) != nil {
                    // With the definitions that it cites: another process may have stored both just
                    // now.
                    try await learnEnds()
                    continue
                }
            } catch let error as StoreError where error.isRetryable {
                // What has its place already needs no room to be sent.
                logger.debug("nothing gets a place in \(lane): \(error)")
                isPlaceLacking = true
            }
            emptyPools.insert(lane)
        }
    }

    /// The next piece by what is in the lanes now.
    private func chosen(_ allowed: Set<Lane>) -> UploadSession.Piece? {
        let piece = upload.nextPiece(of: allowed)
        guard piece?.lane == .metrics, share.isBacklogsTurn else { return piece }
        return upload.nextPiece(of: allowed.intersection([.backlog])) ?? piece
    }

    /// In their order.
    private static let pooledLanes = Lane.inOrder.filter { [.summary, .backlog].contains($0) }

    private func send(_ piece: UploadSession.Piece) async throws {
        let found: StoredSegment?
        do {
            found = try await segment(piece.lane, piece.sequence)
        } catch let error as StoreError where error.isRetryable {
            // That it was offered can't be written down: it is not offered, and tried again.
            logger.debug("nothing can be offered: \(error)")
            try await Task.sleep(for: Self.storePause)
            return
        }
        guard let segment = found else {
            // Released while it was looked for, since the shore has it by now; or withdrawn.
            let end = try await store.ends()[piece.lane] ?? 0
            if end <= piece.sequence {
                upload.segmentsWereWithdrawn(piece.lane, end: end)
            }
            guard chosen(desk.lanes()) == piece else { return }
            throw StoreError(
                .damaged,
                "segment \(piece.sequence) of \(piece.lane) is not in the store"
            )
        }
        guard Int(piece.offset) < segment.bytes.count else {
            throw ProtocolError(
                .positionDisagreement,
                "the shore has \(piece.offset) bytes of a segment that has \(segment.bytes.count)"
            )
        }
        let rest = segment.bytes.count - Int(piece.offset)
        let limit = desk.payload(of: piece.lane, limit: min(upload.payloadLimit, rest))
        guard limit > 0 else { return }
        let pause = desk.pause(beforePayload: limit)
        if pause > .zero { try await Task.sleep(for: pause) }
        let end = Int(piece.offset) + limit
        let isLast = end == segment.bytes.count
        let frame = DataFrame(
            lane: piece.lane,
            sequence: piece.sequence,
            offset: piece.offset,
            recordCount: isLast ? segment.recordCount : nil,
            payload: Array(segment.bytes[Int(piece.offset)..<end])
        )
        // Loading took time: the shore may have moved the position meanwhile.
        guard chosen(desk.lanes()) == piece else { return }
        // Before the write: the acknowledgement can't come before this value knows of the bytes.
        upload.pieceWasSent(
            piece,
            count: frame.payload.count,
            length: segment.bytes.count,
            at: steadyNow
        )
        hasSentData = true
        share.wasSent(piece.lane, bytes: frame.payload.count)
        desk.sent(piece.lane, payload: frame.payload.count)
        try await write(.data(frame))
    }

    private func segment(_ lane: Lane, _ sequence: UInt64) async throws -> StoredSegment? {
        if let loaded, loaded.lane == lane, loaded.sequence == sequence { return loaded }
        let found = try await store.offer(lane, sequence)
        loaded = found
        return found
    }

    func write(_ frame: Frame) async throws {
        lastSentAt = .now
        let bytes = FrameEncoder.encode(frame)
        // Data are counted for their lane.
        if frame.kind != .data { desk.sent(bytes: bytes.count) }
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    private func learnEnds() async throws {
        for (lane, end) in try await store.ends() {
            upload.segmentsBecameAvailable(lane, end: end)
        }
    }

    /// Something may have been stored.
    func lookForSegments() async throws {
        try await learnEnds()
        emptyPools = []
        wake()
    }

    /// Tries again to give a place to what could get none.
    func retryPlaces() async throws {
        guard isPlaceLacking else { return }
        isPlaceLacking = false
        try await lookForSegments()
    }
}
