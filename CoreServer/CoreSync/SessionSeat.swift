import NIOCore
import Synchronization

/// One ship's open session, as those see it who come to take its place.
final class SessionSeat: Sendable {
    let number: UInt64
    let channel: any Channel
    private let instance: UInt64?
    /// Sends a ping with this number.
    private let ask: @Sendable (UInt64) async -> Void
    /// Finished when the session has left.
    private let departure: AsyncStream<Never>
    private let hasLeft: AsyncStream<Never>.Continuation
    private let answers = Mutex<Set<UInt64>>([])

    init(
        number: UInt64,
        instance: UInt64?,
        channel: any Channel,
        ask: @escaping @Sendable (UInt64) async -> Void
    ) {
        self.number = number
        self.instance = instance
        self.channel = channel
        self.ask = ask
        (departure, hasLeft) = AsyncStream<Never>.makeStream()
    }

    /// Agents of before draw no instance: then nobody can tell.
    func isOther(than instance: UInt64?) -> Bool {
        guard let mine = self.instance, let instance else { return false }
        return mine != instance
    }

    /// Whether its agent answers a ping. What comes without being asked is no proof: it may have
    /// been under way before the agent died.
    func isAlive(within limit: Duration) async -> Bool {
        let number = UInt64.random(in: 1 ... .max)
        let deadline = ContinuousClock.now + limit
        let asking = Task { [ask] in await ask(number) }
        defer { asking.cancel() }
        while ContinuousClock.now < deadline, channel.isActive {
            if answers.withLock({ $0.remove(number) != nil }) { return true }
            try? await Task.sleep(for: .milliseconds(50))
            if Task.isCancelled { return false }
        }
        return false
    }

    /// The agent has answered a ping.
    func answered(_ number: UInt64) {
        // Only pings of this server are answered; the bound is for an agent that invents some.
        answers.withLock { if $0.count < 16 { $0.insert(number) } }
    }

    func left() { hasLeft.finish() }

    func waitForDeparture(atMost limit: Duration) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [departure] in for await _ in departure {} }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }
}
