import FleetModel
import FleetProtocol
import FleetRuntime
import Logging
import ShipDomain

/// A session's part in orders: what the shore says of them goes to who carries them out, and what those
/// wish for is asked of the shore, a little at a time.
///
/// It belongs to the session's actor and is only touched there.
final class OrderLine {
    private let port: any OrderPort
    private let desk: LinkDesk
    private let sender: UplinkSender
    private let logger: Logger
    private let throttle = Throttle(every: .seconds(60))
    private var isOpen = false
    /// What the shore may send at the moment.
    private var asked: ArtifactFetch?
    /// Bytes of it that came, in this session.
    private var arrived: UInt64 = 0
    /// When it was asked for, or the last of its bytes came.
    private var progressAt = ContinuousClock.now
    private var window = leastWindow
    /// When the window was last moved, and what had come then.
    private var measured: (at: ContinuousClock.Instant, bytes: UInt64)?
    /// Until when nothing is asked, because the shore said so, or the disk has no room to go on.
    private var quietUntil: ContinuousClock.Instant?
    /// Orders and offers that were held up, in the order of their coming.
    private var waiting: [Frame] = []

    /// Since when nothing has come of what was asked for; `nil` if nothing is missing. Other frames, and bytes
    /// that are of no use, are no progress: a shore that sends those alone is as good as silent.
    var waitsSince: ContinuousClock.Instant? {
        asked.flatMap { $0.from + arrived < $0.to ? progressAt : nil }
    }

    /// Two frames: what an order may have to wait behind on the thinnest link.
    private static let leastWindow: UInt64 = 32 * 1024
    private static let largestWindow: UInt64 = 1024 * 1024
    /// After which it is tried again to go on where there was no room.
    private static let roomPause = Duration.seconds(10)
    /// More than a shore has for one ship at a time; what is beyond comes again in the next session.
    private static let waitingLimit = 64

    init(port: any OrderPort, desk: LinkDesk, sender: UplinkSender, logger: Logger) {
        self.port = port
        self.desk = desk
        self.sender = sender
        self.logger = logger
    }

    /// The shore has answered the hello.
    func opened(_ state: ShoreState) async throws {
        isOpen = true
        try await unlessHeldUp { try await aboard { try await $0.contacted() } }
        try await unlessHeldUp {
            if state.asksHoldings {
                try await sender.write(.holdings(try await aboard { try await $0.holdings() }))
            }
            try await ask(roundTrip: .zero)
        }
    }

    /// - Parameter frame: a directive or an offer.
    func take(_ frame: Frame, roundTrip: Duration) async throws {
        // One that came before it may be what it builds on.
        guard waiting.isEmpty else {
            if waiting.count < Self.waitingLimit { waiting.append(frame) }
            return
        }
        try await unlessHeldUp {
            try await obey(frame)
        } otherwise: {
            waiting.append(frame)
        }
        try await changed(roundTrip: roundTrip)
    }

    private func obey(_ frame: Frame) async throws {
        switch frame {
        case .directive(let directive):
            let answer = try await aboard { try await $0.take(directive) }
            if !answer.isTaken { logger.notice("an order is refused: \(answer.reason)") }
            try await sender.write(.directiveAnswer(answer))
        case .offer(let offer): try await aboard { try await $0.offered(offer) }
        default: break
        }
    }

    /// Something else may be wished for by now.
    func changed(roundTrip: Duration) async throws {
        try await unlessHeldUp { try await ask(roundTrip: roundTrip) }
    }

    func take(_ piece: ArtifactPiece, roundTrip: Duration) async throws {
        // What does not go on from there is left over from a stretch that was given up.
        guard let asked, asked.content.starts(with: piece.content) else { return }
        let (end, isTooMuch) = piece.offset.addingReportingOverflow(UInt64(piece.payload.count))
        let next = asked.from + arrived
        guard !isTooMuch, piece.offset <= next, end > next else { return }
        try await unlessHeldUp {
            try await aboard { try await $0.received(piece, over: desk.view()) }
            arrived = end - asked.from
            progressAt = .now
            try await ask(roundTrip: roundTrip)
        }
    }

    func take(_ refusal: FetchRefusal) async throws {
        asked = nil
        quietUntil = .now + .seconds(Int64(max(1, refusal.retryAfterSeconds)))
        logger.info("the shore sends nothing of an artifact: \(refusal.code)")
        try await unlessHeldUp { try await aboard { try await $0.refused(refusal) } }
    }

    /// Goes on with what was put off, once its time has come.
    func lookAround(roundTrip: Duration) async throws {
        guard isOpen, let quietUntil, quietUntil <= .now else { return }
        self.quietUntil = nil
        try await unlessHeldUp {
            while let next = waiting.first {
                try await obey(next)
                waiting.removeFirst()
            }
            try await ask(roundTrip: roundTrip)
        }
    }

    /// What fails on the other side of the port, and not on the link.
    private struct HeldUp: Error {
        let reason: String
    }

    private func aboard<Result>(
        _ call: (any OrderPort) async throws -> Result
    ) async throws -> Result {
        do {
            return try await call(port)
        } catch let error as CancellationError {
            throw error
        } catch {
            throw HeldUp(reason: CommandLineFailure.describe(error))
        }
    }

    /// A disk without room, or a damaged one, holds orders up, and nothing else: the session goes on.
    private func unlessHeldUp(
        _ work: () async throws -> Void,
        otherwise note: () -> Void = {}
    ) async throws {
        do {
            try await work()
        } catch let error as HeldUp {
            throttle.log(logger, .warning, "orders wait: \(error.reason)")
            note()
            quietUntil = .now + Self.roomPause
            try await endFetch()
        }
    }

    /// What is still under way is dropped, and asked for again.
    private func endFetch() async throws {
        guard let asked, let end = ArtifactFetch(content: asked.content, from: 0, to: 0) else {
            return
        }
        self.asked = nil
        try await sender.write(.fetch(end))
    }

    /// Asks for what is wanted now, if the shore doesn't know it yet.
    ///
    /// The end of what was asked is moved on when half of it has come: one small frame up for many down.
    private func ask(roundTrip: Duration) async throws {
        guard isOpen, waiting.isEmpty, quietUntil.map({ $0 <= .now }) ?? true else { return }
        let wish = try await aboard { try await $0.wish(over: desk.view()) }
        guard let wish, wish.from < wish.to else {
            try await endFetch()
            return
        }
        // What was there is there no more, as after a disk that had torn it: it has to come again.
        if let asked, asked.content == wish.content, wish.from < asked.from + arrived {
            try await endFetch()
        }
        if let asked, asked.content == wish.content, asked.to < wish.to {
            let reached = max(wish.from, asked.from + arrived)
            guard asked.to - min(reached, asked.to) <= window / 2 else { return }
            measure(roundTrip: roundTrip)
            try await send(wish.content, from: asked.from, to: min(reached + window, wish.to))
        } else if asked?.content != wish.content || (asked?.to ?? 0) > wish.to {
            arrived = 0
            measured = nil
            try await send(wish.content, from: wish.from, to: min(wish.from + window, wish.to))
        }
    }

    private func send(_ content: [UInt8], from: UInt64, to end: UInt64) async throws {
        guard let fetch = ArtifactFetch(content: content, from: from, to: end) else { return }
        // Where nothing was missing until now, the waiting begins now.
        if waitsSince == nil { progressAt = .now }
        asked = fetch
        try await sender.write(.fetch(fetch))
    }

    /// As much as keeps the link busy for a round trip and a half; twice as much as before at most.
    private func measure(roundTrip: Duration) {
        let now = ContinuousClock.now
        defer { measured = (now, arrived) }
        guard let measured, roundTrip > .zero else { return }
        let seconds = (now - measured.at).inSeconds
        guard seconds > 0 else { return }
        let rate = Double(arrived - measured.bytes) / seconds
        let wanted = UInt64(min(rate * roundTrip.inSeconds * 3, Double(Self.largestWindow)))
        window = min(max(wanted, Self.leastWindow), window * 2)
    }
}
