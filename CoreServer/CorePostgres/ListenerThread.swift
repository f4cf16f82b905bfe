import CPostgres
import FleetModel
import Glibc
import Logging

/// The thread and connection behind one `PostgresListener.Iterator`.
actor ListenerThread {
    private nonisolated let executor = ThreadExecutor(name: "postgres-listen")
    private nonisolated let wakeup = Wakeup()
    private nonisolated let settings: ConnectionSettings
    private nonisolated let channel: String
    private nonisolated let logger: Logger
    private var connection: PostgresConnection?
    private var backoff = Backoff(
        floor: PostgresLimits.reconnectFloor,
        ceiling: PostgresLimits.reconnectCeiling
    )
    private var isFailing = false

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        executor.asUnownedSerialExecutor()
    }

    init(settings: ConnectionSettings, channel: String, logger: Logger) {
        self.settings = settings
        self.channel = channel
        self.logger = logger
    }

    /// The next thing heard, or `nil` when the task was cancelled.
    func next(_ cancellation: Cancellation) throws(PostgresError) -> PostgresNotification? {
        cancellation.attach(wakeup)
        defer { cancellation.detach() }
        do throws(PostgresError) {
            while true {
                guard let connection else {
                    try listen(cancellation)
                    return .listening
                }
                connection.cancellation = cancellation
                if let payload = try connection.nextNotification() { return .payload(payload) }
                report("lost")
                self.connection = nil
            }
        } catch {
            guard error.code == .cancelled else { throw error }
            connection = nil
            return nil
        }
    }

    private func listen(_ cancellation: Cancellation) throws(PostgresError) {
        while true {
            do throws(PostgresError) {
                let opened = try PostgresConnection.open(
                    settings,
                    wakeup: wakeup,
                    cancellation: cancellation,
                    deadline: .now + PostgresLimits.connectTimeout
                )
                try opened.run(script: "LISTEN \(Identifier.quoted(channel))")
                connection = opened
                backoff.reset()
                if isFailing { logger.info("listening again", metadata: ["channel": "\(channel)"]) }
                isFailing = false
                return
            } catch {
                guard error.isRetryable else { throw error }
                report("\(error)")
                try wakeup.sleep(
                    for: backoff.next(random: .random(in: 0..<1)),
                    orUntil: cancellation
                )
            }
        }
    }

    /// Once for each outage, not for each attempt.
    private func report(_ reason: String) {
        guard !isFailing else { return }
        isFailing = true
        logger.warning(
            "not listening: \(reason)",
            metadata: ["channel": "\(channel)"]
        )
    }
}

extension PostgresConnection {
    /// Waits for a notification; `nil` when the connection broke.
    fileprivate func nextNotification() throws(PostgresError) -> String? {
        while true {
            if let notification = PQnotifies(handle) {
                defer { PQfreemem(notification) }
                return String(cString: notification.pointee.extra)
            }
            guard isUsable else { return nil }
            switch try wait(for: Int16(POLLIN), until: nil) {
            case .ready: guard PQconsumeInput(handle) == 1 else { return nil }
            case .interrupted: throw PostgresError(.cancelled, "The task was cancelled")
            case .timedOut: break
            }
        }
    }
}
