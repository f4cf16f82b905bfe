import Glibc

/// An advisory lock on a file, which the kernel drops when the process dies.
///
/// Each `FileLock` is a holder of its own, also within one process.
final class FileLock: Sendable {
    enum Mode {
        /// With others that share.
        case shared
        case exclusive
    }

    private let descriptor: Int32

    init(path: String) throws {
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw EmbeddedClusterError(
                "\(path) can't be opened: \(String(cString: strerror(errno)))"
            )
        }
    }

    deinit {
        close(descriptor)
    }

    /// Takes the lock, or changes its mode, if that is possible right now.
    func attempt(_ mode: Mode) -> Bool {
        flock(descriptor, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0
    }

    /// Takes the lock, looking again every 20 ms, and returns `false` when the time is up.
    func take(_ mode: Mode, within limit: Duration) -> Bool {
        let deadline = ContinuousClock.now + limit
        while !attempt(mode) {
            guard ContinuousClock.now < deadline else { return false }
            usleep(20_000)
        }
        return true
    }
}
