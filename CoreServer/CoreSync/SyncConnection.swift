import CoreDomain
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetRuntime
import Logging
import NIOCore
import NIOSSL

/// One ship's connection ashore: reads frames, has segments committed, and says how far it got.
struct SyncConnection: Sendable {
    typealias Stream = NIOAsyncChannel<ByteBuffer, ByteBuffer>
    typealias Outbound = NIOAsyncChannelOutboundWriter<ByteBuffer>

    let ingest: Ingest
    let desk: EnrolmentDesk
    let registry: SessionRegistry
    let revocations: Revocations
    let bell: ShipBell
    /// `nil` where nobody gives orders to ships.
    let orders: OrderDesk?
    let metrics: SyncMetrics
    let clock: WallClock
    let logger: Logger
    let counter: ByteCounter
    let door: ShipDoor

    /// Never throws: a connection's troubles end that connection, counted and logged.
    func run(_ stream: Stream) async {
        do {
            try await stream.executeThenClose { inbound, outbound in
                let watchdog = Watchdog(limit: SyncLimits.handshake)
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await watchdog.run {
                            await end(ProtocolError(.silent, "nothing came for too long"), outbound)
                            stream.channel.close(promise: nil)
                        }
                    }
                    await converse(stream.channel, inbound, outbound, watchdog)
                    watchdog.stop()
                    // Wakes it: the connection is not to stay open for the rest of its sleep.
                    group.cancelAll()
                }
            }
        } catch {
            // The peer is gone, or its handshake was refused: counted where it happened.
            logger.debug("connection ended: \(error)")
        }
        let totals = counter.totals
        metrics.bytes.increment(by: Double(totals.up), "up")
        metrics.bytes.increment(by: Double(totals.down), "down")
    }

    private func converse(
        _ channel: any Channel,
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outbound: Outbound,
        _ watchdog: Watchdog
    ) async {
        var frames = FrameReader(inbound)
        do {
            // Closed without a word, as a health check does: nothing was done wrong.
            guard let first = try await frames.next() else { return }
            guard case .hello(let hello) = first else {
                throw ProtocolError(.unexpectedFrame, "a session begins with a hello")
            }
            guard let admission = door.admission else {
                throw ProtocolError(.refused, "no certificate was shown")
            }
            metrics.frames.increment("hello")
            guard hello.oldestVersion <= ProtocolVersion.newest,
                hello.newestVersion >= ProtocolVersion.oldest
            else {
                throw ProtocolError(
                    .unsupportedVersion,
                    "the ship speaks versions \(hello.oldestVersion) to \(hello.newestVersion), the "
                        + "shore \(ProtocolVersion.oldest) to \(ProtocolVersion.newest)"
                )
            }
            let seat = await registry.enter(
                admission.identity,
                instance: hello.instance,
                channel
            ) { number in try? await send(.ping(number), outbound) }
            guard let seat else {
                try await ingest.noteTwin(of: admission.identity)
                throw IngestError.twin
            }
            defer { registry.leave(admission.identity, seat) }
            let session = try await ingest.open(admission, hello: hello)
            metrics.opened.increment()
            metrics.sessions.add(1)
            defer { metrics.sessions.add(-1) }
            let log = logger.with(admission)
            log.info("session opened", metadata: ["agent": "\(hello.agentVersion)"])
            let courier = await orderCourier(for: session, hello: hello, outbound)
            try await send(
                .state(state(for: session, hello: hello, asksHoldings: courier?.asks ?? false)),
                outbound
            )
            if let disagreement = Ingest.disagreement(hello, session) { throw disagreement }
            try await session.makeRoom()
            watchdog.extend(to: SyncLimits.silence)
            let failure = await exchange(
                session,
                seat,
                channel,
                &frames,
                outbound,
                watchdog,
                hello: hello,
                orders: courier?.courier
            )
            if let failure { throw failure }
            log.info("session closed")
        } catch {
            await end(error, outbound)
        }
    }

    /// Where the database can't be asked now what the ship is to tell, it tells everything, and gets its orders
    /// when the database is back.
    private func orderCourier(
        for session: IngestSession,
        hello: Hello,
        _ outbound: Outbound
    ) async -> (courier: OrderCourier, asks: Bool)? {
        guard let orders, let standing = hello.orders else { return nil }
        let courier = OrderCourier(
            source: orders.source,
            ship: session.admission.identity,
            standing: standing,
            bell: orders.bell,
            logger: logger.with(session.admission)
        ) { frame in
            metrics.frames.increment("\(frame.kind) sent")
            try await send(frame, outbound)
        }
        return (courier, await courier.greet())
    }

    private func state(
        for session: IngestSession,
        hello: Hello,
        asksHoldings: Bool
    ) -> ShoreState {
        ShoreState(
            version: min(hello.newestVersion, ProtocolVersion.newest),
            at: clock.now(),
            positions: session.openedAt,
            catalogueWatermark: session.catalogueWatermark,
            renewCertificate: session.admission.shouldRenew,
            reportsReceived: true,
            asksHoldings: asksHoldings
        )
    }

    /// Reads until the connection ends while a second task commits; neither stops the other before
    /// everything that came is durable.
    private func exchange(
        _ session: IngestSession,
        _ seat: SessionSeat,
        _ channel: any Channel,
        _ frames: inout FrameReader,
        _ outbound: Outbound,
        _ watchdog: Watchdog,
        hello: Hello,
        orders: OrderCourier?
    ) async -> (any Error)? {
        let inbox = SessionInbox(
            ReceiveSession(positions: session.openedAt, staged: session.staged)
        )
        let committer = SessionCommitter(
            session: session,
            inbox: inbox,
            desk: desk,
            clock: clock,
            connection: self,
            channel: channel,
            outbound: outbound
        )
        let meter = UsageMeter(session: session, counter: counter, logger: logger)
        async let committed = committer.run()
        async let metered: Void = meter.run(inbox)
        let courier = WantCourier(session: session, bell: bell, logger: logger)
        if !hello.answersWants { courier.stop() }
        let sendSeal: (@Sendable (SealNotice) async throws -> Void)?
        if hello.keepsSeals {
            sendSeal = { notice in try await send(.seal(notice), outbound) }
        } else {
            sendSeal = nil
        }
        async let carried: Void = courier.run(sendSeal) { try await send(.want($0), outbound) }
        async let ordered: Void? = orders?.run()
        let readFailure = await read(
            &frames,
            into: inbox,
            session,
            seat,
            outbound,
            watchdog,
            orders
        )
        await inbox.finish()
        let committedAll = await committed
        meter.stop()
        courier.stop()
        await orders?.stop()
        await metered
        await carried
        await ordered
        metrics.wastedBytes.increment(by: Double(await inbox.wastedBytes))
        // When the committer gave up it said why itself; what the reader met then is the echo.
        return committedAll ? readFailure : nil
    }

    private func read(
        _ frames: inout FrameReader,
        into inbox: SessionInbox,
        _ session: IngestSession,
        _ seat: SessionSeat,
        _ outbound: Outbound,
        _ watchdog: Watchdog,
        _ orders: OrderCourier?
    ) async -> (any Error)? {
        var receipt = Receipt()
        do {
            while let frame = try await frames.next(
                beforeWaiting: {
                    // Once for all that has come together: the ship needs the sum only.
                    if let total = receipt.due() { try await send(.received(total), outbound) }
                }
            ) {
                watchdog.extend(to: SyncLimits.silence)
                metrics.frames.increment("\(frame.kind)")
                guard !revocations.contains(session.admission.identity) else {
                    throw IngestError.revoked
                }
                switch frame {
                case .data(let data):
                    receipt.count(data)
                    try await inbox.received(data)
                case .ledger(let report): await inbox.received(report)
                case .certificateRequest(let der):
                    await inbox.received(certificateRequest: der)
                case .wantAnswer(let answer): await inbox.received(answer)
                case .witness(let notice): await inbox.received(notice)
                case .ping(let nonce): try await send(.pong(nonce), outbound)
                case .pong(let number): seat.answered(number)
                case .goodbye: return nil
                case .holdings, .directiveAnswer, .fetch: await orders?.received(frame)
                case .hello, .state, .acknowledgement, .certificate, .received, .want,
                    .seal, .directive, .offer, .bulk, .fetchRefusal:
                    throw ProtocolError(
                        .unexpectedFrame,
                        "a frame of kind \(frame.kind) has no place here"
                    )
                }
            }
            return nil
        } catch let error as ProtocolError {
            return error
        } catch let error as IngestError {
            return error
        } catch {
            // The link was cut: no error of the ship's, and what came is kept.
            return nil
        }
    }

    /// Says why, if the peer still listens, and counts it.
    func end(_ error: any Error, _ outbound: Outbound) async {
        let goodbye: Goodbye
        switch error {
        case let error as ProtocolError:
            metrics.errors.increment(error.code.name)
            goodbye = Goodbye(error)
        case IngestError.revoked:
            metrics.errors.increment(ProtocolError.Code.refused.name)
            goodbye = Goodbye(
                ProtocolError(.refused, "this ship is revoked"),
                retryAfterSeconds: 3600
            )
        case IngestError.twin:
            metrics.errors.increment(ProtocolError.Code.identityUsedTwice.name)
            goodbye = Goodbye(
                ProtocolError(.identityUsedTwice, "\(IngestError.twin)"),
                retryAfterSeconds: 600
            )
        case IngestError.disagreement(let reason):
            metrics.errors.increment(ProtocolError.Code.positionDisagreement.name)
            goodbye = Goodbye(
                ProtocolError(.positionDisagreement, reason),
                retryAfterSeconds: 0
            )
        case IngestError.quota(let limit, let seconds):
            metrics.errors.increment(ProtocolError.Code.quotaExceeded.name)
            goodbye = Goodbye(
                ProtocolError(
                    .quotaExceeded,
                    "the tenant's limit '\(limit.rawValue)' is reached: keep it and come again"
                ),
                retryAfterSeconds: UInt32(clamping: seconds)
            )
        case IngestError.unavailable:
            metrics.errors.increment("database_unavailable")
            goodbye = .restarting
        case let error as NIOSSLError:
            door.failed(error)
            return
        default:
            return
        }
        let name = door.admission.map { "\($0.identity)" } ?? "unknown"
        logger.warning("session ended: \(error)", metadata: [LogKey.ship: "\(name)"])
        try? await send(.goodbye(goodbye), outbound)
    }

    func send(_ frame: Frame, _ outbound: Outbound) async throws {
        try await outbound.write(ByteBuffer(bytes: FrameEncoder.encode(frame)))
    }
}

extension Logger {
    fileprivate func with(_ admission: EnrolmentDesk.Admission) -> Logger {
        var logger = self
        logger[metadataKey: LogKey.ship] = "\(admission.identity)"
        return logger
    }
}
