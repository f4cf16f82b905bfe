import FleetIdentity
import FleetModel
import FleetProtocol
import FleetRuntime
import Logging
import NIOCore
import ShipDomain
import ShipStore

/// One connection's conversation: carries out what `UploadSession` decides.
actor UplinkSession {
    typealias Outbound = NIOAsyncChannelOutboundWriter<ByteBuffer>

    private let store: ShipStore
    private let desk: LinkDesk
    private let status: LinkStatus
    private let clock: WallClock
    private let directory: String
    private let notebook: Notebook
    private let credentials: ShipCredentials
    private let logger: Logger
    private let outbound: Outbound
    private let hello: Hello
    private var upload: UploadSession
    private var loaded: StoredSegment?
    /// Lanes of which nothing waits in the pool, as of the last look around.
    private var emptyPools: Set<Lane> = []
    /// What waits could get no place, for want of room: to be tried again.
    private var isPlaceLacking = false
    private var share: LaneShare
    /// What the store could not forget for want of room.
    private var unreleased: [Lane: UploadSession.Release] = [:]
    /// What the shore asked for: one step of it at a look around, so that nothing else has to wait.
    private var unanswered: [Want] = []
    private var renewalKey: PrivateKey?
    private let seals: SealKeeper
    private let outage: Outage
    private let started = ContinuousClock.now
    /// What the hello said of the ship's clock.
    private let hand: ClockHand
    private var roundTrip = Duration.zero
    private var greetedAt = ContinuousClock.now
    private var lastSentAt: ContinuousClock.Instant = .now
    private var lastLedgerAt: ContinuousClock.Instant = .now
    private var sentSinceLedger = false
    private var lastRefreshAt: ContinuousClock.Instant = .now

    /// Set by the shore's goodbye.
    private(set) var retryAfter: Duration?
    /// Where the shore says that it stands, once it has.
    private(set) var truth: [LanePosition] = []
    /// While the store follows the shore's word: until then what would be sent may not be there.
    private var isSettling = false

    /// Wakes the sender: something may be sent now. At most one wake-up waits.
    private let wake: AsyncStream<Void>.Continuation
    private let wakeUps: AsyncStream<Void>

    /// Silence after which an idle ship pings: 40 bytes and their answer, three times an hour.
    private static let pingAfter = Duration.seconds(20 * 60)
    /// How often the ship's account goes ashore while data flow.
    private static let ledgerInterval = Duration.seconds(300)
    /// Sessions end by themselves after a week: a certificate is renewed when one opens.
    private static let longestSession = Duration.seconds(7 * 86_400)
    /// How often the class of link is looked for, and what was spent written down.
    private static let refreshInterval = Duration.seconds(3)
    /// How often the store is asked whether another process has stored something.
    private static let glanceInterval = Duration.milliseconds(100)
    /// How often it is looked at what is due.
    private static let pollInterval = Duration.milliseconds(500)

    /// More than a shore asks for at a time.
    private static let unansweredLimit = 128

    init(
        store: ShipStore,
        desk: LinkDesk,
        status: LinkStatus,
        clock: WallClock,
        agentVersion: String,
        directory: String,
        instance: UInt64,
        notebook: Notebook,
        credentials: ShipCredentials,
        logger: Logger,
        outage: Outage,
        outbound: Outbound
    ) async throws {
        self.store = store
        self.desk = desk
        seals = SealKeeper(store: store)
        share = LaneShare(share: desk.backlogShare)
        self.status = status
        self.clock = clock
        self.directory = directory
        self.notebook = notebook
        self.credentials = credentials
        self.logger = logger
        self.outage = outage
        self.outbound = outbound
        let reports = try await store.laneReports()
        hand = ClockHand(clock)
        hello = Hello(
            agentVersion: agentVersion,
            epoch: store.epoch,
            at: clock.now(),
            lanes: reports,
            ledger: try await store.ledger(),
            instance: instance,
            closed: try await store.closedEpoch(),
            answersWants: true,
            keepsSeals: true
        )
        upload = UploadSession(
            lanes: reports,
            inDoubt: outage.inDoubt,
            estimate: outage.estimate,
            at: Timestamp(milliseconds: 0)
        )
        (wakeUps, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Time that no hand at the ship's clock moves.
    private var steadyNow: Timestamp {
        Timestamp(milliseconds: (ContinuousClock.now - started).milliseconds)
    }

    /// What the next session begins with: the lanes that it must ask about before it sends them,
    /// and what is known of the link.
    func ended() async {
        outage.sessionEnded(lanesInFlight: upload.lanesInFlight, estimate: upload.estimate)
        await status.sent(upload.sentBytes)
    }

    /// The first frame; data follow at once.
    func greet() async throws {
        try await write(.hello(hello))
        greetedAt = .now
        wake.yield()
    }

    // MARK: Sending

    /// Sends until the connection ends. The next piece is chosen when the socket can take it.
    func send() async throws {
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
            try await Task.sleep(for: Self.pollInterval)
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
        sentSinceLedger = true
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

    private func write(_ frame: Frame) async throws {
        lastSentAt = .now
        let bytes = FrameEncoder.encode(frame)
        // Data are counted for their lane.
        if frame.kind != .data { desk.sent(bytes: bytes.count) }
        try await outbound.write(ByteBuffer(bytes: bytes))
    }

    // MARK: Receiving

    /// Reads until the shore closes or says goodbye.
    ///
    /// - Parameter opened: called once, when the shore has answered the hello.
    func receive(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        opened: @Sendable () async -> Void
    ) async throws {
        defer { wake.finish() }
        var decoder = FrameDecoder()
        var isOpen = false
        for try await buffer in inbound {
            desk.received(bytes: buffer.readableBytes)
            decoder.append(buffer.readableBytesView)
            while let frame = try decoder.next() {
                if case .goodbye(let goodbye) = frame {
                    try end(goodbye)
                    return
                }
                try await handle(frame)
                if case .state = frame, !isOpen {
                    isOpen = true
                    await opened()
                }
            }
        }
        guard isOpen else {
            throw ProtocolError(
                .refused,
                "the shore closed the connection before it answered: is this ship revoked, or its "
                    + "certificate expired?"
            )
        }
    }

    private func end(_ goodbye: Goodbye) throws {
        if goodbye.retryAfterSeconds > 0 { retryAfter = .seconds(Int64(goodbye.retryAfterSeconds)) }
        guard !["finished", "restarting"].contains(goodbye.code) else { return }
        logger.warning("the shore ended the session: \(goodbye.code): \(goodbye.message)")
        throw SessionRefusal(
            code: goodbye.code,
            reason: "\(goodbye.code): \(goodbye.message)",
            retryAfter: retryAfter
        )
    }

    private func handle(_ frame: Frame) async throws {
        switch frame {
        case .state(let state):
            let now = steadyNow
            roundTrip = ContinuousClock.now - greetedAt
            let firstHeld = Dictionary(
                hello.lanes.map { ($0.position.lane, $0.firstHeld) },
                uniquingKeysWith: { first, _ in first }
            )
            truth = state.positions
            isSettling = true
            let releases = try upload.stateReceived(state, firstHeld: firstHeld, at: now)
            let lacking = try await release(releases)
            isSettling = false
            await tell(lacking)
            await status.synced()
            if let kept = try await seals.kept() { try await write(.witness(kept)) }
            if state.renewCertificate { try await askForCertificate() }
        case .acknowledgement(let lanes):
            let releases = try upload.acknowledgementReceived(lanes, at: steadyNow)
            if !releases.isEmpty { outage.noteProgress() }
            try await release(releases)
            await status.synced()
        case .certificate(let der):
            do {
                try keep(der)
            } catch let error as FileError {
                // The old certificate is good for months: it is asked for again next time.
                logger.warning("the new certificate can't be kept: \(error)")
            }
        case .received(let total):
            upload.receivedReported(total, at: steadyNow)
        case .ping(let number):
            try await write(.pong(number))
        case .pong:
            break
        case .want(let want):
            // What is too much is asked again in the next session.
            if unanswered.count < Self.unansweredLimit, !unanswered.contains(want) {
                unanswered.append(want)
            }
        case .seal(let notice):
            do {
                try await write(.witness(try await seals.keep(notice)))
            } catch let error as StoreError where error.isRetryable {
                logger.debug("a seal of the audit can't be kept: \(error)")
            }
        case .hello, .data, .ledger, .certificateRequest, .goodbye, .wantAnswer, .witness:
            throw ProtocolError(.unexpectedFrame, "a frame of kind \(frame.kind) from the shore")
        }
        wake.yield()
    }

    /// Has the store forget what the shore has. Where the disk is so full that not even this can
    /// be written, the session goes on, and it is tried again with the next acknowledgement or at
    /// the next look around: what is aboard must get ashore all the more.
    ///
    /// - Returns: records that the shore had and lacks now; they are sent again.
    @discardableResult
    private func release(
        _ releases: [UploadSession.Release]
    ) async throws -> [Lane: UInt64] {
        for release in releases { unreleased[release.lane] = release }
        guard !unreleased.isEmpty else { return [:] }
        let due = unreleased
        do {
            let lacking = try await store.release(Array(due.values))
            unreleased = unreleased.filter { due[$0.key] != $0.value }
            return lacking
        } catch let error as StoreError where error.isRetryable {
            logger.debug("what is ashore can't be removed aboard: \(error)")
            return [:]
        }
    }

    private func tell(_ lacking: [Lane: UInt64]) async {
        guard !lacking.isEmpty else { return }
        let parts = lacking.sorted { $0.key.rawValue < $1.key.rawValue }
            .map { "\($0.value) of \($0.key)" }.joined(separator: ", ")
        await notebook.note(
            .warning,
            "shore_fell_back",
            "the shore lost what it had acknowledged; sent again: \(parts)"
        )
    }

    // MARK: Renewal

    private func askForCertificate() async throws {
        let key = PrivateKey()
        renewalKey = key
        let request = try CertificateRequest(key: key, commonName: "ship")
        try await write(.certificateRequest(request.der))
    }

    private func keep(_ der: [UInt8]) throws {
        guard let key = renewalKey else {
            throw ProtocolError(.unexpectedFrame, "a certificate that was not asked for")
        }
        let certificate = try IssuedCertificate(der: der)
        guard certificate.shipIdentity == credentials.identity else {
            throw ProtocolError(.refused, "the new certificate names another ship")
        }
        try credentials.renewed(with: certificate, key: key).save(in: directory)
        renewalKey = nil
        logger.info("the certificate was renewed, until \(certificate.notAfter)")
    }

    // MARK: Watching

    /// Sends what this process stores at once: an alert must not wait for the next look around.
    func follow() async throws {
        for await _ in store.changes() {
            try await lookForSegments()
            try Task.checkCancellation()
        }
    }

    private func learnEnds() async throws {
        for (lane, end) in try await store.ends() {
            upload.segmentsBecameAvailable(lane, end: end)
        }
    }

    private func lookForSegments() async throws {
        try await learnEnds()
        emptyPools = []
        wake.yield()
    }

    private func answerWants() async throws {
        guard let want = unanswered.first else { return }
        do {
            let answer = try await store.answer(want)
            try await lookForSegments()
            guard let answer else { return }
            unanswered.removeFirst()
            logger.info(
                "the shore asked for samples of \(want.from) to \(want.to): \(answer.outcome)"
            )
            try await write(.wantAnswer(answer))
        } catch let error as StoreError where error.isRetryable {
            logger.debug("what the shore asked for can't be taken back: \(error)")
        }
    }

    /// Looks for new segments, for lack of progress, and for what is due; throws when the session
    /// is dead.
    func watch() async throws {
        var version: Int?
        var lookedAt = ContinuousClock.now
        while true {
            try await Task.sleep(for: Self.glanceInterval)
            let seen = try await store.foreignVersion()
            if seen != version {
                version = seen
                try await lookForSegments()
            }
            try await answerWants()
            guard ContinuousClock.now - lookedAt >= Self.pollInterval else { continue }
            lookedAt = .now
            if ContinuousClock.now - lastRefreshAt >= Self.refreshInterval {
                lastRefreshAt = .now
                try? await desk.refresh()
            }
            try await release([])
            if isPlaceLacking {
                isPlaceLacking = false
                try await lookForSegments()
            }
            if upload.isStalled(at: steadyNow, roundTrip: roundTrip) {
                throw ProtocolError(.silent, "the shore acknowledges nothing")
            }
            let now = ContinuousClock.now
            if now - started > Self.longestSession, upload.isCaughtUp {
                try await write(.goodbye(.finished))
                throw SessionRefusal(reason: "a new session after a week", retryAfter: .seconds(1))
            }
            // The shore knows the ship's clock by the hello alone.
            if abs(hand.jump().milliseconds) > ClockHand.tolerance.milliseconds {
                try await write(.goodbye(.finished))
                throw SessionRefusal(
                    reason: "a new session, since the clock was set",
                    retryAfter: .milliseconds(100)
                )
            }
            if sentSinceLedger, upload.isCaughtUp, now - lastLedgerAt >= Self.ledgerInterval {
                lastLedgerAt = now
                sentSinceLedger = false
                try await write(.ledger(try await store.ledger()))
            }
            if now - lastSentAt >= Self.pingAfter { try await write(.ping(0)) }
        }
    }
}
