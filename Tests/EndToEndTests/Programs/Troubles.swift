import FleetTestSupport
import Glibc
import Synchronization
import Testing

/// Kills programs at random moments while a link is being cut.
final class Troubles: Sendable {
    private enum Trouble {
        case shipKilled, shoreKilled, replayKilled, databaseRestarted
    }

    private let shore: Shore
    private let ship: ShipAboard
    private let link: LinkEmulator
    private let random: SeededGenerator
    private let replay = Mutex<RunningProcess?>(nil)
    private let isOver = Mutex(false)
    private let wantsReplay = Mutex(false)

    init(shore: Shore, ship: ShipAboard, link: LinkEmulator, random: SeededGenerator) {
        self.shore = shore
        self.ship = ship
        self.link = link
        self.random = random
    }

    /// Whether everything that was to happen has happened.
    var areOver: Bool { isOver.withLock { $0 } }

    /// Whether a replay should begin, so that it can be killed.
    var areWaitingForReplay: Bool { wantsReplay.withLock { $0 } }

    /// The replay that may be killed now.
    func replayStarted(_ process: RunningProcess?) {
        replay.withLock { $0 = process }
    }

    /// Ends when the link was cut so often, and ship and shore were killed so often each, a replay
    /// half as often, and the database was restarted twice.
    func happen(cuts: Int, kills: Int) async throws {
        defer { isOver.withLock { $0 = true } }
        var random = random
        var troubles = [Trouble](repeating: .shipKilled, count: kills)
        troubles += [Trouble](repeating: .shoreKilled, count: kills)
        troubles += [Trouble](repeating: .replayKilled, count: kills / 2)
        troubles += [.databaseRestarted, .databaseRestarted]
        troubles.shuffle(using: &random)
        let first = link.statistics.cuts
        for (index, trouble) in troubles.enumerated() {
            // Spread over the cuts, so that both kinds of trouble mix; and a random moment later.
            let due = first + cuts * index / troubles.count
            try await reached(due)
            let pause = Duration.milliseconds(Int.random(in: 0..<300, using: &random))
            try await Task.sleep(for: pause)
            try await happen(trouble, pause)
            let status = try await ship.status()
            #expect(status.isBalanced, "after \(trouble): \(status)")
        }
        try await reached(first + cuts)
    }

    private func reached(_ cuts: Int) async throws {
        do {
            // After a long outage the agent stays away for up to a minute, and a restart took its time before.
            try await eventually("the link is cut for the \(cuts)th time", timeout: .seconds(240)) {
                link.statistics.cuts >= cuts || !ship.isRunning || !shore.isRunning
            }
            try #require(ship.isRunning, "the agent ended by itself")
            try #require(shore.isRunning, "the server ended by itself")
        } catch {
            throw EndToEndError(
                """
                \(error)
                link: \(link.statistics)
                ship: \(ship.log.suffix(3000))
                shore: \(shore.log.suffix(3000))
                """
            )
        }
    }

    private func happen(_ trouble: Trouble, _ pause: Duration) async throws {
        switch trouble {
        case .shipKilled:
            await ship.kill()
            let status = try await ship.status()
            #expect(status.isBalanced, "after the agent was killed: \(status)")
            try ship.start()
        case .shoreKilled:
            await shore.kill()
            try await shore.start()
        case .replayKilled:
            wantsReplay.withLock { $0 = true }
            defer { wantsReplay.withLock { $0 = false } }
            try await eventually("a replay is killed before it has ended", timeout: .seconds(240)) {
                guard let running = replay.withLock({ $0 }), running.isRunning else { return false }
                try await Task.sleep(for: pause)
                guard running.isRunning else { return false }
                running.send(SIGKILL)
                return true
            }
        case .databaseRestarted:
            try await shore.restartDatabase()
        }
    }
}
