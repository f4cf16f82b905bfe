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
    private let store: ShipStore
    private let desk: LinkDesk
    private let status: LinkStatus
    private let clock: WallClock
    private let directory: String
    private let notebook: Notebook
    private let credentials: ShipCredentials
    private let logger: Logger
    private let sender: UplinkSender
    private let hello: Hello
    /// What the store could not forget for want of room.
    private var unreleased: [Lane: UploadSession.Release] = [:]
    /// What the shore asked for: one step of it at a look around, so that nothing else has to wait.
    private var unanswered: [Want] = []
    private var renewalKey: PrivateKey?
    private let seals: SealKeeper
    private let outage: Outage
    /// `nil` aboard ships that take no orders.
    private let orders: OrderLine?
    private let port: (any OrderPort)?
    /// What the hello said of the ship's clock.
    private let hand: ClockHand
    private var roundTrip = Duration.zero
    private var greetedAt = ContinuousClock.now
    private var lastLedgerAt: ContinuousClock.Instant = .now
    private var lastRefreshAt: ContinuousClock.Instant = .now

    /// Set by the shore's goodbye.
    private(set) var retryAfter: Duration?
    /// Where the shore says that it stands, once it has.
    private(set) var truth: [LanePosition] = []

    /// Silence after which an idle ship pings. Each costs some 270 bytes with its answer and all headers, and
    /// shores of before close after 45 minutes.
    static let pingAfter = Duration.seconds(44 * 60)
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

    /// Without a byte of an artifact for so long the link is gone: a frame of the smallest size takes the
    /// thinnest link half of it.
    private static let bulkSilence = Duration.seconds(60)

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
        port: (any OrderPort)?,
        logger: Logger,
        outage: Outage,
        outbound: UplinkSender.Outbound
    ) async throws {
        self.store = store
        self.desk = desk
        seals = SealKeeper(store: store)
        self.status = status
        self.clock = clock
        self.directory = directory
        self.notebook = notebook
        self.credentials = credentials
        self.logger = logger
        self.outage = outage
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
            keepsSeals: true,
            orders: try await port?.standing()
        )
        sender = UplinkSender(
            upload: UploadSession(
                lanes: reports,
                inDoubt: outage.inDoubt,
                estimate: outage.estimate,
                at: Timestamp(milliseconds: 0)
            ),
            store: store,
            desk: desk,
            logger: logger,
            outbound: outbound
        )
        self.port = port
        orders = port.map { [sender] in
            OrderLine(port: $0, desk: desk, sender: sender, logger: logger)
        }
    }

    /// What the next session begins with: the lanes that it must ask about before it sends them,
    /// and what is known of the link.
    func ended() async {
        outage.sessionEnded(
            lanesInFlight: sender.upload.lanesInFlight,
            estimate: sender.upload.estimate
        )
        await status.sent(sender.upload.sentBytes)
    }

    /// The first frame; data follow at once.
    func greet() async throws {
        try await sender.write(.hello(hello))
        greetedAt = .now
        sender.wake()
    }

    /// Sends until the connection ends.
    func send() async throws {
        try await sender.run()
    }

    // MARK: Receiving

    /// Reads until the shore closes or says goodbye.
    ///
    /// - Parameter opened: called once, when the shore has answered the hello.
    func receive(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        opened: @Sendable () async -> Void
    ) async throws {
        defer { sender.finish() }
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
            let now = sender.steadyNow
            roundTrip = ContinuousClock.now - greetedAt
            let firstHeld = Dictionary(
                hello.lanes.map { ($0.position.lane, $0.firstHeld) },
                uniquingKeysWith: { first, _ in first }
            )
            truth = state.positions
            sender.isSettling = true
            let releases = try sender.upload.stateReceived(state, firstHeld: firstHeld, at: now)
            let lacking = try await release(releases)
            sender.isSettling = false
            await tell(lacking)
            await status.synced()
            if let kept = try await seals.kept() { try await sender.write(.witness(kept)) }
            if state.renewCertificate { try await askForCertificate() }
            try await orders?.opened(state)
        case .acknowledgement(let lanes):
            let releases = try sender.upload.acknowledgementReceived(lanes, at: sender.steadyNow)
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
            sender.upload.receivedReported(total, at: sender.steadyNow)
        case .ping(let number):
            try await sender.write(.pong(number))
        case .pong:
            break
        case .want(let want):
            // What is too much is asked again in the next session.
            if unanswered.count < Self.unansweredLimit, !unanswered.contains(want) {
                unanswered.append(want)
            }
        case .seal(let notice):
            do {
                try await sender.write(.witness(try await seals.keep(notice)))
            } catch let error as StoreError where error.isRetryable {
                logger.debug("a seal of the audit can't be kept: \(error)")
            }
        case .directive, .offer: try await orders?.take(frame, roundTrip: roundTrip)
        case .bulk(let piece): try await orders?.take(piece, roundTrip: roundTrip)
        case .fetchRefusal(let refusal): try await orders?.take(refusal)
        case .hello, .data, .ledger, .certificateRequest, .goodbye, .wantAnswer, .witness,
            .holdings, .directiveAnswer, .fetch:
            throw ProtocolError(.unexpectedFrame, "a frame of kind \(frame.kind) from the shore")
        }
        sender.wake()
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
        try await sender.write(.certificateRequest(request.der))
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
            try await sender.lookForSegments()
            try Task.checkCancellation()
        }
    }

    /// Asks for what those who carry out orders need, as soon as they do.
    func followOrders() async throws {
        guard let port, let orders else { return }
        for await _ in port.changes() {
            try await orders.changed(roundTrip: roundTrip)
            try Task.checkCancellation()
        }
    }

    private func answerWants() async throws {
        guard let want = unanswered.first else { return }
        do {
            let answer = try await store.answer(want)
            try await sender.lookForSegments()
            guard let answer else { return }
            unanswered.removeFirst()
            logger.info(
                "the shore asked for samples of \(want.from) to \(want.to): \(answer.outcome)"
            )
            try await sender.write(.wantAnswer(answer))
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
                try await sender.lookForSegments()
            }
            try await answerWants()
            guard ContinuousClock.now - lookedAt >= Self.pollInterval else { continue }
            lookedAt = .now
            if ContinuousClock.now - lastRefreshAt >= Self.refreshInterval {
                lastRefreshAt = .now
                try? await desk.refresh()
            }
            try await release([])
            try await sender.retryPlaces()
            try await orders?.lookAround(roundTrip: roundTrip)
            if sender.upload.isStalled(at: sender.steadyNow, roundTrip: roundTrip) {
                throw ProtocolError(.silent, "the shore acknowledges nothing")
            }
            if let since = orders?.waitsSince,
                ContinuousClock.now - since > max(Self.bulkSilence, roundTrip * 6)
            {
                throw ProtocolError(.silent, "nothing comes of what was asked for")
            }
            let now = ContinuousClock.now
            if sender.age > Self.longestSession, sender.upload.isCaughtUp {
                try await sender.write(.goodbye(.finished))
                throw SessionRefusal(reason: "a new session after a week", retryAfter: .seconds(1))
            }
            // The shore knows the ship's clock by the hello alone.
            if abs(hand.jump().milliseconds) > ClockHand.tolerance.milliseconds {
                try await sender.write(.goodbye(.finished))
                throw SessionRefusal(
                    reason: "a new session, since the clock was set",
                    retryAfter: .milliseconds(100)
                )
            }
            if sender.hasSentData, sender.upload.isCaughtUp,
                now - lastLedgerAt >= Self.ledgerInterval
            {
                lastLedgerAt = now
                sender.hasSentData = false
                try await sender.write(.ledger(try await store.ledger()))
            }
            if now - sender.lastSentAt >= Self.pingAfter { try await sender.write(.ping(0)) }
        }
    }
}
