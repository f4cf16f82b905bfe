import CorePostgres
import Synchronization

/// Hashes and checks passwords on a few threads of their own: each takes 32 MiB and 100 ms, so that
/// more at a time would let anybody empty the machine, and on the common threads would hold up all
/// else.
package final class PasswordChecks: Sendable {
    private actor Worker {
        private let executor: ThreadExecutor

        nonisolated var unownedExecutor: UnownedSerialExecutor {
            executor.asUnownedSerialExecutor()
        }

        init(_ number: Int) { executor = ThreadExecutor(name: "password-\(number)") }

        func hash(_ password: String, _ cost: PasswordHash.Cost) throws -> PasswordHash {
            try PasswordHash(of: password, cost: cost)
        }

        func matches(_ password: String, _ stored: PasswordHash) -> Bool {
            stored.matches(password)
        }
    }

    private struct State {
        var waiting = 0
        var next = 0
    }

    private let workers: [Worker]
    private let cost: PasswordHash.Cost
    private let longestQueue: Int
    private let state = Mutex(State())
    /// Of nobody: who is not known, or has no password, costs the same time as who has one.
    private let nobody: PasswordHash

    package init(
        atOnce: Int = 2,
        longestQueue: Int = 32,
        cost: PasswordHash.Cost = .standard
    ) throws {
        workers = (0..<max(atOnce, 1)).map(Worker.init)
        self.cost = cost
        self.longestQueue = longestQueue
        nobody = try PasswordHash(of: "nobody", cost: cost)
    }

    package func hash(_ password: String) async throws -> PasswordHash {
        let worker = try enter()
        defer { leave() }
        return try await worker.hash(password, cost)
    }

    /// - Parameter stored: `nil` is never matched, and takes as long.
    package func matches(_ password: String, _ stored: PasswordHash?) async throws -> Bool {
        let worker = try enter()
        defer { leave() }
        let isRight = await worker.matches(password, stored ?? nobody)
        return isRight && stored != nil
    }

    private func enter() throws(DomainError) -> Worker {
        let number = state.withLock { state -> Int? in
            guard state.waiting < longestQueue else { return nil }
            state.waiting += 1
            state.next = (state.next + 1) % workers.count
            return state.next
        }
        guard let number else {
            throw DomainError(.overloaded, "too many passwords are being checked; try again")
        }
        return workers[number]
    }

    private func leave() {
        state.withLock { $0.waiting -= 1 }
    }
}
