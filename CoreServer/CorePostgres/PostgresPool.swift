import Logging
import ServiceLifecycle
import Synchronization

/// A bounded number of connections, each on its own thread, lent to closures.
///
/// Usable as soon as it is made; connections open when first needed and re-open when they broke.
/// `run()` keeps it until shutdown, then closes everything.
package final class PostgresPool: Service {
    typealias Lease = (number: Int, thread: ConnectionThread)

    typealias Waiter = CheckedContinuation<Lease, any Error>

    struct State {
        var machine: PoolMachine
        var waiters: [PoolMachine.WaiterID: Waiter] = [:]
        /// What became of a wait before the waiter had gone to sleep.
        var outcomes: [PoolMachine.WaiterID: Result<Lease, any Error>] = [:]
        /// Those who borrow now, to be cancelled when shutdown can't wait longer.
        var borrowers: [Int: Cancellation] = [:]
        /// Whoever waits for the last connection to come back.
        var closing: [CheckedContinuation<Void, Never>] = []

        /// Ends a wait: the action to take once the lock is released.
        mutating func settle(
            _ waiter: PoolMachine.WaiterID,
            _ outcome: Result<Lease, any Error>
        ) -> () -> Void {
            guard let continuation = waiters.removeValue(forKey: waiter) else {
                outcomes[waiter] = outcome
                return {}
            }
            return { continuation.resume(with: outcome) }
        }
    }

    let configuration: PostgresPoolConfiguration
    /// Told to each transaction where a pooler in between forgets what connections are told.
    let preamble: String
    private let threads: [ConnectionThread]
    private let logger: Logger
    let state: Mutex<State>

    package init(_ configuration: PostgresPoolConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
        let settings = ConnectionSettings(
            connectionString: configuration.connectionString,
            applicationName: configuration.applicationName,
            role: configuration.role,
            statementTimeout: configuration.statementTimeout,
            isPooled: configuration.isPooled
        )
        preamble = settings.preamble
        threads = (0..<configuration.size).map { number in
            ConnectionThread(settings: settings, name: "postgres-\(number)", logger: logger)
        }
        state = Mutex(
            State(
                machine: PoolMachine(
                    size: configuration.size,
                    waiterLimit: configuration.waiterLimit
                )
            )
        )
    }

    /// Connections lent now, and callers that wait for one.
    package var load: (lent: Int, waiting: Int) {
        state.withLock { ($0.machine.lentCount, $0.machine.waiterCount) }
    }

    /// Lives until graceful shutdown or cancellation, then closes the pool.
    package func run() async throws {
        // Being cancelled is the other way to be told to stop.
        try? await gracefulShutdown()
        await close()
    }

    /// Lends a connection outside of a transaction: each statement commits by itself.
    ///
    /// A transaction that the body leaves open is rolled back. Cancelling the task stops the
    /// running statement and throws `CancellationError`; the connection stays usable.
    @discardableResult
    package func withConnection<Value: Sendable>(
        _ body: @Sendable @escaping (PostgresConnection) throws -> Value
    ) async throws -> Value {
        try await borrow { thread, cancellation, deadline in
            try await thread.perform(
                cancellation: cancellation,
                deadline: deadline,
                body
            )
        }
    }

    /// Refuses newcomers, lets borrowers finish, cancels those that take too long, and closes all
    /// connections.
    package func close() async {
        let action = state.withLock { state in
            let action = state.machine.closeRequested()
            let farewells = action.waiters.map { waiter in
                state.settle(waiter, .failure(Self.closedError))
            }
            return (farewells: farewells, isFinished: action.isFinished)
        }
        for farewell in action.farewells { farewell() }
        if !action.isFinished { await drain() }
        for thread in threads { await thread.close() }
    }

    private static let closedError = PostgresError(.poolClosed, "The database pool is closed")

    private func drain() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                // Cancelled when all came back, or when there is no time for being graceful.
                try? await Task.sleep(for: PostgresLimits.drainTimeout)
                let late = self.state.withLock { Array($0.borrowers.values) }
                for borrower in late { borrower.cancel() }
            }
            await withCheckedContinuation { continuation in
                let isFinished = state.withLock { state in
                    guard state.machine.lentCount > 0 else { return true }
                    state.closing.append(continuation)
                    return false
                }
                if isFinished { continuation.resume() }
            }
            group.cancelAll()
        }
    }

    /// Waits for a connection, runs `use` with it, and gives it back.
    func borrow<Value: Sendable>(
        _ use: (ConnectionThread, Cancellation, ContinuousClock.Instant) async throws -> Value
    ) async throws -> Value {
        let cancellation = Cancellation()
        let deadline = ContinuousClock.now + configuration.acquireTimeout
        return try await withTaskCancellationHandler {
            let lease = try await acquire(until: deadline)
            state.withLock { $0.borrowers[lease.number] = cancellation }
            defer { giveBack(lease) }
            do {
                return try await use(lease.thread, cancellation, deadline)
            } catch let error as PostgresError where error.code == .cancelled {
                throw CancellationError()
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    private func giveBack(_ lease: Lease) {
        let wakeups: [() -> Void] = state.withLock { state in
            state.borrowers[lease.number] = nil
            switch state.machine.connectionReturned(lease.number) {
            case .lend(_, let waiter):
                return [state.settle(waiter, .success(lease))]
            case .keep:
                return []
            case .finishClosing:
                defer { state.closing = [] }
                return state.closing.map { closer in { closer.resume() } }
            }
        }
        for wakeup in wakeups { wakeup() }
    }

    private func acquire(until deadline: ContinuousClock.Instant) async throws -> Lease {
        try Task.checkCancellation()
        switch state.withLock({ $0.machine.connectionRequested() }) {
        case .lend(let number):
            return (number, threads[number])
        case .wait(let waiter):
            return try await wait(as: waiter, until: deadline)
        case .refuseQueueFull:
            throw PostgresError(
                .poolQueueFull,
                "Too many callers wait for a database connection"
            )
        case .refuseClosed:
            throw Self.closedError
        }
    }
}
