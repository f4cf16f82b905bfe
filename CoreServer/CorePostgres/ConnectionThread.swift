import FleetModel
import Logging

/// One place in the pool: a thread, and the connection that lives on it when it is open.
actor ConnectionThread {
    private nonisolated let executor: ThreadExecutor
    private nonisolated let wakeup = Wakeup()
    private nonisolated let settings: ConnectionSettings
    private nonisolated let logger: Logger
    private var connection: PostgresConnection?
    private var isFailing = false
    private var wasOpen = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    init(settings: ConnectionSettings, name: String, logger: Logger) {
        self.settings = settings
        self.logger = logger
        executor = ThreadExecutor(name: name)
    }

    /// Lends the connection, opening it when it isn't, and leaves it clean.
    ///
    /// - Parameter deadline: Until when it may try to connect.
    func perform<Value: Sendable>(
        cancellation: Cancellation,
        deadline: ContinuousClock.Instant,
        _ body: @Sendable (PostgresConnection) throws -> Value
    ) throws -> Value {
        cancellation.attach(wakeup)
        defer { cancellation.detach() }
        let connection = try open(cancellation: cancellation, deadline: deadline)
        return try lend(connection, body)
    }

    /// Runs the body in a transaction.
    ///
    /// When the connection turns out to be dead at BEGIN, nothing has happened yet, and another is
    /// opened; the body may have run to its first statement by then.
    func transaction<Value: Sendable>(
        beginning: TransactionBeginning,
        at site: CallSite,
        cancellation: Cancellation,
        deadline: ContinuousClock.Instant,
        _ body: @Sendable (PostgresConnection) throws -> Value
    ) throws -> Value {
        cancellation.attach(wakeup)
        defer { cancellation.detach() }
        var isSecondTry = false
        while true {
            let connection = try open(cancellation: cancellation, deadline: deadline)
            do {
                return try lend(connection) { connection in
                    try connection.transaction(
                        beginning: beginning,
                        atOnce: isSecondTry,
                        at: site,
                        body
                    )
                }
            } catch let error as PostgresError
                where error.code == .connectionLost && !connection.hasBegun
                && ContinuousClock.now < deadline
            {
                logger.debug("database connection was dead at BEGIN, opening another")
                // A statement that ends its connection is known as such the second time.
                isSecondTry = true
            }
        }
    }

    func close() {
        connection = nil
    }

    private func lend<Value>(
        _ connection: PostgresConnection,
        _ body: (PostgresConnection) throws -> Value
    ) throws -> Value {
        defer {
            connection.rollBack(at: CallSite(file: #fileID, line: #line))
            connection.cancellation = nil
            if !connection.isUsable { self.connection = nil }
        }
        return try body(connection)
    }

    private func open(
        cancellation: Cancellation,
        deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> PostgresConnection {
        if let connection {
            connection.takeCommitAnswer()
            connection.cancellation = cancellation
            if !connection.hasGoneStale() { return connection }
            self.connection = nil
        }
        var backoff = Backoff(
            floor: PostgresLimits.reconnectFloor,
            ceiling: PostgresLimits.reconnectCeiling
        )
        while true {
            do throws(PostgresError) {
                let opened = try PostgresConnection.open(
                    settings,
                    wakeup: wakeup,
                    cancellation: cancellation,
                    deadline: min(deadline, .now + PostgresLimits.connectTimeout)
                )
                if isFailing { logger.info("database is back") }
                isFailing = false
                wasOpen = true
                connection = opened
                return opened
            } catch {
                guard error.isRetryable else { throw error }
                // A database that was never reached is its caller's to report, once.
                let level: Logger.Level = wasOpen ? .warning : .debug
                if !isFailing { logger.log(level: level, "database unavailable: \(error)") }
                isFailing = true
                let delay = backoff.next(random: .random(in: 0..<1))
                guard ContinuousClock.now + delay < deadline else { throw error }
                try wakeup.sleep(for: delay, orUntil: cancellation)
            }
        }
    }
}
