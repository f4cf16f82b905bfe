import CoreDomain
import FleetModel
import FleetProtocol
import Logging

/// A session's part in orders: sends directives as soon as there are some, and the bytes that the ship
/// fetches, a piece at a time.
///
/// A directive is written between two pieces, so it waits behind what the ship has asked for and is under
/// way, and nothing else.
actor OrderCourier {
    typealias Send = @Sendable (Frame) async throws -> Void

    /// What the ship takes now.
    private struct Flow {
        let content: [UInt8]
        var next: UInt64
        var end: UInt64
    }

    private let source: any OrderSource
    private let ship: ShipIdentity
    /// What the hello said, until the source has taken it.
    private var standing: OrderStanding?
    private let bell: ShipBell
    private let logger: Logger
    private let send: Send
    private var flow: Flow?
    private var toldDirectives: Set<[UInt8]> = []
    private var toldOffers: Set<[UInt8]> = []
    private var isStopped = false
    /// Something happened that may make another look worth while.
    private var isDue = true
    private let wishes: AsyncStream<Void>
    private let wish: AsyncStream<Void>.Continuation

    init(
        source: any OrderSource,
        ship: ShipIdentity,
        standing: OrderStanding,
        bell: ShipBell,
        logger: Logger,
        send: @escaping Send
    ) {
        self.source = source
        self.ship = ship
        self.standing = standing
        self.bell = bell
        self.logger = logger
        self.send = send
        (wishes, wish) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Tells the source what the ship's hello said; where that fails it is told before the first order.
    ///
    /// - Returns: whether the ship is to tell what it holds.
    func greet() async -> Bool {
        guard let standing else { return true }
        do {
            let asks = try await source.greeted(ship, standing)
            self.standing = nil
            return asks
        } catch {
            logger.debug("what the ship says of its orders can't be noted: \(error)")
            return true
        }
    }

    /// Until `stop`, or until the ship is gone.
    func run() async {
        bell.attach(ship)
        defer { bell.detach(ship) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.deliver() }
            group.addTask { await self.pour() }
            await group.waitForAll()
        }
    }

    func stop() {
        isStopped = true
        wish.finish()
    }

    // MARK: What the ship says

    /// Never throws: what can't be noted now, the ship says again in its next session.
    func received(_ frame: Frame) async {
        do {
            switch frame {
            case .holdings(let bytes): try await source.told(holdings: bytes, by: ship)
            case .directiveAnswer(let answer): try await source.answered(answer, by: ship)
            case .fetch(let fetch): follow(fetch)
            default: return
            }
            isDue = true
        } catch {
            logger.debug("what the ship says of its orders can't be noted: \(error)")
        }
    }

    private func follow(_ fetch: ArtifactFetch) {
        if fetch.from == fetch.to {
            if flow?.content == fetch.content { flow = nil }
        } else if flow?.content == fetch.content {
            // What was sent is under way: the end moves, and nothing goes twice.
            flow?.end = fetch.to
        } else {
            flow = Flow(content: fetch.content, next: fetch.from, end: fetch.to)
        }
        wish.yield()
    }

    // MARK: Directives

    private func deliver() async {
        var lookedAt: ContinuousClock.Instant?
        while !isStopped, !Task.isCancelled {
            let isOld = lookedAt.map { .now - $0 >= SyncLimits.wantInterval } ?? true
            if bell.take(ship) || isDue || isOld {
                lookedAt = .now
                isDue = false
                do {
                    try await tell()
                } catch {
                    // Told at the next look, or in the next session.
                    logger.debug("the ship was not told its orders: \(error)")
                }
            }
            try? await Task.sleep(for: SyncLimits.orderPause)
        }
    }

    private func tell() async throws {
        if let standing {
            _ = try await source.greeted(ship, standing)
            self.standing = nil
        }
        for directive in try await source.directives(for: ship)
        where toldDirectives.insert(directive).inserted {
            do {
                try await send(.directive(directive))
            } catch {
                toldDirectives.remove(directive)
                throw error
            }
        }
        for offer in try await source.offers(for: ship)
        where toldOffers.insert(offer.content).inserted {
            try await send(.offer(offer))
        }
    }

    // MARK: Bytes

    private func pour() async {
        for await _ in wishes {
            do {
                while let flow, flow.next < flow.end, !isStopped {
                    try await pour(flow)
                }
            } catch {
                // The connection is gone, or the database: the ship asks again.
                logger.debug("an artifact stops on its way: \(error)")
                flow = nil
            }
        }
    }

    /// Sends one portion of what the ship takes, in frames.
    private func pour(_ taken: Flow) async throws {
        let count = Int(min(taken.end - taken.next, UInt64(SyncLimits.portionBytes)))
        let portion: ArtifactPortion
        do {
            portion = try await source.read(
                taken.content,
                from: taken.next,
                count: count,
                for: ship
            )
        } catch {
            logger.debug("an artifact can't be read: \(error)")
            portion = .refused("unavailable", retryAfterSeconds: SyncLimits.unavailableSeconds)
        }
        // Something else may be wanted by now.
        guard flow?.content == taken.content, flow?.next == taken.next else { return }
        switch portion {
        case .refused(let word, let seconds):
            flow = nil
            let refusal = FetchRefusal(
                content: taken.content,
                code: word,
                retryAfterSeconds: seconds
            )
            if let refusal { try await send(.fetchRefusal(refusal)) }
        case .bytes(let bytes) where bytes.isEmpty:
            flow = nil
        case .bytes(let bytes):
            flow?.next += UInt64(bytes.count)
            try await send(bytes, of: taken)
        }
    }

    private func send(_ bytes: [UInt8], of taken: Flow) async throws {
        let size = SyncLimits.pieceBytes(within: taken.end - taken.next)
        var offset = 0
        while offset < bytes.count {
            let end = min(offset + size, bytes.count)
            let piece = ArtifactPiece(
                content: Array(taken.content.prefix(ArtifactPiece.prefixBytes)),
                offset: taken.next + UInt64(offset),
                payload: Array(bytes[offset..<end])
            )
            guard let piece else { return }
            try await send(.bulk(piece))
            offset = end
        }
    }
}
