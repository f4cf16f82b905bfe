import FleetModel
import Glibc

/// Wakes a thread that waits in `poll` for PostgreSQL, from any other thread.
///
/// A pair of sockets: one is readable once somebody wrote into the other.
final class Wakeup: Sendable {
    /// What to wait for. Negative if the system had no descriptors left; then nobody is woken early.
    let descriptor: Int32
    private let writer: Int32

    init() {
        var ends: [Int32] = [-1, -1]
        // Non-blocking: a full one wakes as well as one byte, and draining an empty one is no wait.
        // A socket pair, since pipe() can't close itself in child processes from the start.
        let flags = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue
        guard socketpair(AF_UNIX, Int32(flags), 0, &ends) == 0 else {
            (descriptor, writer) = (-1, -1)
            return
        }
        descriptor = ends[0]
        writer = ends[1]
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        close(writer)
    }

    func signal() {
        var byte: UInt8 = 1
        _ = write(writer, &byte, 1)
    }

    func drain() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while read(descriptor, &bytes, bytes.count) > 0 {}
    }

    /// Sleeps on the calling thread, and throws when the borrower is cancelled meanwhile.
    func sleep(
        for duration: Duration,
        orUntil cancellation: Cancellation
    ) throws(PostgresError) {
        let end = ContinuousClock.now + duration
        while !cancellation.isCancelled {
            let rest = ContinuousClock.now.duration(to: end).milliseconds
            guard rest >= 0 else { return }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&waiting, 1, Int32(clamping: rest + 1)) > 0 { drain() }
        }
        throw PostgresError(.cancelled, "The task was cancelled")
    }
}
