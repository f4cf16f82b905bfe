import Glibc
import Synchronization

/// A lock between processes on one machine, held as long as this object or until `release()`.
///
/// It is an advisory `flock`: the kernel drops it when the process dies, however it dies. The lock
/// file itself stays, because removing it would let two processes lock two files of one name.
package final class FileLock: Sendable {
    /// Who may hold the lock at the same time.
    package enum Mode: Sendable {
        /// One holder, who writes its process number into the file.
        case exclusive
        /// Any number of holders, as long as none is exclusive.
        case shared
    }

    /// Somebody else holds the lock.
    package struct Held: Error, CustomStringConvertible, Equatable {
        package let path: String
        /// The exclusive holder's process number, if it had written it already.
        package let holder: Int32?

        package var description: String {
            "\(path) is locked by \(holder.map { "process \($0)" } ?? "another process")"
        }
    }

    package let path: String
    private let descriptor: Mutex<Int32?>

    /// Takes the lock without waiting.
    ///
    /// - Throws: `Held` if another process (or another `FileLock` of this one) has it, `FileError`
    ///   if the file can't be opened or created.
    package init(path: String, mode: Mode = .exclusive) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError("open", path) }
        while flock(descriptor, (mode == .exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            close(descriptor)
            guard code == EWOULDBLOCK else { throw FileError("lock", path, code: code) }
            throw Held(path: path, holder: Self.holder(path))
        }
        if mode == .exclusive {
            let number = Array("\(getpid())\n".utf8)
            // Failing to write the number costs an error message its number, nothing else.
            if ftruncate(descriptor, 0) == 0 {
                _ = pwrite(descriptor, number, number.count, 0)
            }
        }
        self.path = path
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        release()
    }

    /// Gives the lock up. Doing it twice does no harm.
    package func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor {
                // Closing alone is not enough: a child that is being started holds a copy of the
                // descriptor until it runs its own program.
                flock(open, LOCK_UN)
                close(open)
                descriptor = nil
            }
        }
    }

    /// The process number in a lock file: who holds it, or held it last.
    package static func holder(_ path: String) -> Int32? {
        guard let text = try? AtomicFile.readText(path, limit: 64) else { return nil }
        return text.split(separator: "\n").first.flatMap { Int32($0) }
    }
}
