import Glibc
import NIOCore

/// One TCP connection over the link, as two sockets and what is under way between them.
final class LinkConnection {
    /// Which end of the link.
    enum Side {
        case ship, shore

        var other: Side { self == .ship ? .shore : .ship }
    }

    /// How far its life has come.
    private enum Phase {
        case open
        /// The last bytes before a cut are on their way into the receiver's hands; becomes `over`.
        case cutting
        case over
    }

    /// Time for the receiver to read the last bytes before a cut: a reset overtakes bytes that
    /// its application has not taken yet.
    private static let timeBeforeCut = TimeAmount.milliseconds(10)
    /// The least time that TCP takes to notice a loss.
    private static let leastRetransmission = Duration.milliseconds(200)

    let number: Int
    private let core: LinkCore
    private let ship: any Channel
    private var shore: (any Channel)?
    private var fromShip = LinkPipe()
    private var fromShore = LinkPipe()
    private var random: SeededGenerator
    private let cutAfter: Int?
    private var delivered = 0
    private(set) var deliveredUp = 0
    private var phase = Phase.open
    /// Sides whose socket has failed, which is how a reset shows.
    private var failed: Set<Side> = []

    init(number: Int, core: LinkCore, ship: any Channel) {
        self.number = number
        self.core = core
        self.ship = ship
        var random = SeededGenerator.derived(seed: core.conditions.seed, ordinal: number)
        let planned = core.conditions.cutAfterBytes
        if !planned.isEmpty {
            self.cutAfter =
                number <= planned.count && planned[number - 1] > 0
                ? planned[number - 1] : nil
        } else if let mean = core.conditions.cutMeanBytes, mean > 0 {
            self.cutAfter = max(1, Int(random.exponential(mean: Double(mean))))
        } else {
            self.cutAfter = nil
        }
        self.random = random
    }

    // MARK: What happens at the ends

    func becameActive(_ side: Side) {
        guard side == .ship else { return }
        if core.isOut { return reset(.outage) }
        // The handshake crosses the link before anything else does.
        later(.now() + TimeAmount(core.conditions.roundTrip)) { $0.connectUpstream() }
    }

    func received(_ bytes: ByteBuffer, from side: Side) {
        guard phase == .open else { return }
        let count = bytes.readableBytes
        var wireCount = count
        var delay = core.conditions.roundTrip / 2
        if core.conditions.lossRatio > 0 {
            // Ten losses of one segment in a row would be an outage; the bound keeps a ratio of 1
            // from hanging here.
            for _ in 0..<10 where random.chance(core.conditions.lossRatio) {
                wireCount += count
                delay += max(core.conditions.roundTrip, Self.leastRetransmission)
            }
        }
        if core.conditions.jitter > .zero {
            delay += core.conditions.jitter * Double.random(in: -1...1, using: &random)
        }
        let now = NIODeadline.now()
        let left: NIODeadline
        if side == .ship {
            left = core.up.reserve(wireCount, now: now)
            core.shared.count { $0.wireBytesUp += wireCount }
        } else {
            left = core.down.reserve(wireCount, now: now)
            core.shared.count { $0.wireBytesDown += wireCount }
        }
        withPipe(side) { $0.append(.bytes(bytes), due: left + TimeAmount(delay)) }
        deliverDue(from: side)
        readMore()
    }

    func inputEnded(_ side: Side) {
        enqueue(.end, from: side)
    }

    func becameInactive(_ side: Side) {
        let hasEnded = withPipe(side) { $0.hasEnded }
        let wasTold = withPipe(side.other) { $0.hasDeliveredEnd }
        switch (hasEnded, wasTold) {
        case (true, true):
            // Both directions ended in order here; what is under way to the other side goes on.
            break
        case (false, true):
            // NIO reports no end of input on a channel whose output it has ended: it closes it.
            enqueue(failed.contains(side) ? .reset : .end, from: side)
        case (_, false):
            enqueue(.reset, from: side)
        }
    }

    func failed(_ side: Side) {
        failed.insert(side)
    }

    /// Resets both sides at once; what is under way is gone.
    func reset(_ reason: LinkCore.Reason) {
        guard phase != .over else { return }
        finish(reason)
        Self.reset(ship)
        if let shore { Self.reset(shore) }
    }

    /// Asks both sides for more, as far as the queues have room.
    func readMore() {
        guard phase == .open, let shore else { return }
        let roundTrip = core.conditions.roundTrip
        let loss = core.conditions.lossRatio
        for (channel, pipe, line) in [(ship, fromShip, core.up), (shore, fromShore, core.down)] {
            let limit = line.queueLimit(roundTrip: roundTrip)
            guard pipe.underWay < limit, !pipe.hasEnded else { continue }
            // Set each time: the conditions may have changed between a slow link and a fast one.
            let size = line.readSize(lossRatio: loss)
            let allocator = FixedSizeRecvByteBufferAllocator(capacity: size)
            channel.setOption(.recvAllocator, value: allocator).whenSuccess { channel.read() }
        }
    }

    // MARK: How it goes on

    private func connectUpstream() {
        guard phase == .open else { return }
        if core.isOut { return reset(.outage) }
        let connection = NIOLoopBound(self, eventLoop: core.loop)
        core.connectUpstream(for: self).whenComplete { result in
            connection.value.upstreamConnected(result)
        }
    }

    private func upstreamConnected(_ result: Result<any Channel, any Error>) {
        switch result {
        case .failure:
            reset(.refused)
        case .success(let channel) where phase != .open:
            Self.reset(channel)
        case .success(let channel):
            shore = channel
            deliverDue(from: .ship)
            readMore()
        }
    }

    private func enqueue(_ item: LinkPipe.Item, from side: Side) {
        guard phase == .open else { return }
        let due = NIODeadline.now() + TimeAmount(core.conditions.roundTrip / 2)
        withPipe(side) { $0.append(item, due: due) }
        deliverDue(from: side)
    }

    /// Hands over what has arrived, and sets the alarm for what comes next.
    private func deliverDue(from side: Side) {
        // A ship that has ended already is read before the shore is there.
        guard shore != nil else { return }
        while phase == .open, let item = withPipe(side, { $0.next(now: .now()) }) {
            deliver(item, from: side)
        }
        guard phase == .open, let due = withPipe(side, { $0.setAlarm() }) else { return }
        later(due) { connection in
            connection.withPipe(side) { $0.alarmRang() }
            connection.deliverDue(from: side)
        }
    }

    private func deliver(_ item: LinkPipe.Item, from side: Side) {
        guard let target = side == .ship ? shore : ship else { return }
        switch item {
        case .bytes(let bytes):
            hand(bytes, from: side, to: target)
        case .end:
            // Behind an empty write, because closing drops what the kernel has not taken yet.
            let connection = NIOLoopBound(self, eventLoop: core.loop)
            target.writeAndFlush(ByteBuffer()).whenComplete { _ in
                connection.value.end(target, from: side)
            }
        case .reset:
            reset(.peer)
        }
    }

    private func end(_ target: any Channel, from side: Side) {
        guard phase == .open else { return }
        withPipe(side) { $0.hasDeliveredEnd = true }
        target.close(mode: .output, promise: nil)
        if fromShip.hasDeliveredEnd, fromShore.hasDeliveredEnd {
            finish()
            ship.close(promise: nil)
            shore?.close(promise: nil)
        }
    }

    private func hand(_ bytes: ByteBuffer, from side: Side, to target: any Channel) {
        var bytes = bytes
        let isCut = cutAfter.map { delivered + bytes.readableBytes >= $0 } ?? false
        if let cutAfter, isCut {
            bytes = bytes.readSlice(length: cutAfter - delivered) ?? ByteBuffer()
        }
        let count = bytes.readableBytes
        delivered += count
        if side == .ship { deliveredUp += count }
        core.shared.count { statistics in
            if side == .ship { statistics.bytesUp += count } else { statistics.bytesDown += count }
        }
        let connection = NIOLoopBound(self, eventLoop: core.loop)
        if isCut {
            // From here on nothing else is handed over in either direction.
            phase = .cutting
            target.writeAndFlush(bytes).whenComplete { _ in
                connection.value.later(.now() + Self.timeBeforeCut) { $0.reset(.cut) }
            }
            return
        }
        target.writeAndFlush(bytes).whenComplete { _ in
            // Only now does it make room: a receiver that does not read slows the sender down.
            connection.value.withPipe(side) { $0.underWay -= count }
            connection.value.readMore()
        }
    }

    private func finish(_ reason: LinkCore.Reason? = nil) {
        phase = .over
        fromShip.clear()
        fromShore.clear()
        core.ended(self, reason)
    }

    private static func reset(_ channel: any Channel) {
        // No lingering: close() then sends a reset and drops what the kernel still holds.
        if let socket = channel as? any SocketOptionProvider {
            socket.setSoLinger(linger(l_onoff: 1, l_linger: 0)).whenComplete { _ in
                channel.close(promise: nil)
            }
        } else {
            channel.close(promise: nil)
        }
    }

    private func later(_ deadline: NIODeadline, _ action: @escaping (LinkConnection) -> Void) {
        core.loop.assumeIsolated().scheduleTask(deadline: deadline) { action(self) }
    }

    @discardableResult
    private func withPipe<Result>(_ side: Side, _ body: (inout LinkPipe) -> Result) -> Result {
        side == .ship ? body(&fromShip) : body(&fromShore)
    }
}
