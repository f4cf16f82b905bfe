import FleetTestSupport
import Foundation
import Glibc
import Synchronization

/// What befalls one ship while a version comes to it.
final class Fate: Sendable {
    enum Kind: Sendable {
        /// Its agent is killed whenever it has taken a step.
        case killed
        /// Its power goes while it downloads: what was not flushed is gone as well.
        case dark
    }

    let kind: Kind
    private let ship: ShipAboard
    private let random: Mutex<SeededGenerator>
    private let state = Mutex((blows: 0, isOver: false))

    /// More would take the test's time and show nothing else.
    private static let mostBlows = 12

    init(_ ship: ShipAboard, kind: Kind, _ random: SeededGenerator) {
        self.ship = ship
        self.kind = kind
        self.random = Mutex(random)
    }

    /// How often it struck.
    var blows: Int { state.withLock { $0.blows } }

    func end() { state.withLock { $0.isOver = true } }

    func run() async throws {
        var seen = try await ship.deploymentsText()
        while !state.withLock({ $0.isOver }) {
            try await Task.sleep(for: .milliseconds(20))
            guard blows < Self.mostBlows else { continue }
            switch kind {
            case .killed:
                let now = try await ship.deploymentsText()
                guard now != seen else { continue }
                seen = now
                await ship.kill()
            case .dark:
                guard let download = downloads().first(where: { $0.size > 0 }) else { continue }
                await ship.kill()
                tear(download)
            }
            state.withLock { $0.blows += 1 }
            try ship.start()
        }
    }

    private func downloads() -> [(path: String, size: Int)] {
        let folder = "\(ship.data)/deployments/downloads"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.map { name in
            let path = "\(folder)/\(name)"
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            return (path, attributes?[.size] as? Int ?? 0)
        }
    }

    /// What was written and not flushed may be missing, or be zeros.
    private func tear(_ download: (path: String, size: Int)) {
        let unflushed = min(download.size, 64 * 1024)
        let lost = random.withLock { Int.random(in: 0...unflushed, using: &$0) }
        truncate(download.path, off_t(download.size - lost))
        if random.withLock({ $0.chance(0.5) }) { truncate(download.path, off_t(download.size)) }
    }
}
