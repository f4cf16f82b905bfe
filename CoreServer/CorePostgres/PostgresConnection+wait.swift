import CPostgres
import FleetModel
import Glibc

/// Why a wait for the server ended.
enum Readiness {
    case ready
    /// The borrower was cancelled.
    case interrupted
    case timedOut
}

extension PostgresConnection {
    /// Sleeps until the socket is ready, the borrower is cancelled, or the time is up.
    func wait(
        for events: Int16,
        until deadline: ContinuousClock.Instant?,
        heedingCancellation: Bool = true
    ) throws(PostgresError) -> Readiness {
        while true {
            if heedingCancellation, cancellation?.isCancelled == true { return .interrupted }
            var timeout: Int32 = -1
            if let deadline {
                let rest = ContinuousClock.now.duration(to: deadline).milliseconds
                guard rest >= 0 else { return .timedOut }
                // Rounded up, so that the last millisecond is slept and not spun.
                timeout = Int32(clamping: rest + 1)
            }
            var descriptors = [
                pollfd(fd: PQsocket(handle), events: events, revents: 0),
                pollfd(
                    fd: heedingCancellation ? wakeup.descriptor : -1,
                    events: Int16(POLLIN),
                    revents: 0
                ),
            ]
            let count = poll(&descriptors, nfds_t(descriptors.count), timeout)
            if count < 0 {
                guard errno == EINTR else {
                    throw PostgresError(.connectionLost, "Waiting for the database failed")
                }
                continue
            }
            if descriptors[1].revents != 0 { wakeup.drain() }
            if descriptors[0].revents != 0 { return .ready }
        }
    }

    /// Waits for the next result of what was sent, or `nil` after the last one.
    ///
    /// When the borrower is cancelled, asks the server to stop, again and again until it does: a
    /// request that arrives before the statement has begun is ignored.
    func nextResult(
        heedingCancellation: Bool,
        wasCancelled: inout Bool
    ) throws(PostgresError) -> OpaquePointer? {
        var nextRequest: ContinuousClock.Instant?
        while PQisBusy(handle) == 1 {
            let readiness = try wait(
                for: Int16(POLLIN),
                until: nextRequest,
                heedingCancellation: heedingCancellation && nextRequest == nil
            )
            switch readiness {
            case .ready:
                // A failure leaves a result that tells it, which is what the caller gets.
                guard PQconsumeInput(handle) == 1 else { return PQgetResult(handle) }
            case .interrupted, .timedOut:
                wasCancelled = true
                requestCancel()
                nextRequest = .now + PostgresLimits.cancelInterval
            }
        }
        return PQgetResult(handle)
    }

    /// Sends a cancel request over a connection of its own, and waits until it was delivered.
    private func requestCancel() {
        guard let cancel = PQgetCancel(handle) else { return }
        defer { PQfreeCancel(cancel) }
        var message = [CChar](repeating: 0, count: 256)
        // If it could not be sent, it is tried again in a moment, or the connection is gone anyway.
        _ = PQcancel(cancel, &message, Int32(message.count))
    }

    /// Whether the server has hung up while nobody used the connection.
    ///
    /// Costs one system call, and a round trip when the server said something unasked.
    func hasGoneStale() -> Bool {
        guard isUsable else { return true }
        var descriptor = pollfd(fd: PQsocket(handle), events: Int16(POLLIN), revents: 0)
        guard poll(&descriptor, 1, 0) != 0 else { return false }
        guard PQconsumeInput(handle) == 1 else { return true }
        let site = CallSite(file: #fileID, line: #line)
        return (try? query("", heedingCancellation: false, at: site)) == nil
    }
}
