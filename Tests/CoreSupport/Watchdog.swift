import CorePostgres
import Glibc
import Synchronization

/// Cleans up after this process, however it ends.
///
/// A small shell waits for the end of its standard input. Only this process holds the other end,
/// so the kernel closes it even at `kill -9`; then the shell runs its last commands.
package final class Watchdog: Sendable {
    private let process: pid_t
    private let input: Mutex<Int32>

    /// - Parameters:
    ///   - before: Shell commands to begin with, which must not read standard input.
    ///   - after: Shell commands to end with.
    ///   - arguments: What `$1`, `$2`, … stand for in both.
    ///   - account: Whom the shell runs as.
    package init(
        before: String = ":",
        after: String,
        arguments: [String],
        as account: ServerAccount? = nil
    ) throws {
        var ends: [Int32] = [-1, -1]
        // Closed in child processes from the start, so that none keeps the watchdog waiting.
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue
        guard socketpair(AF_UNIX, Int32(kind), 0, &ends) == 0 else {
            throw FixtureError("no socket pair")
        }
        defer { close(ends[0]) }
        let command =
            ["-c", "\(before)\ncat > /dev/null\n\(after)", "watchdog"] + arguments
        do {
            process = try ChildProcess.spawn(
                account?.command("/bin/sh", command) ?? ["/bin/sh"] + command,
                input: ends[0],
                output: nil
            )
        } catch {
            close(ends[1])
            throw error
        }
        input = Mutex(ends[1])
    }

    /// Has it clean up now, and waits until it has.
    package func finish() {
        let open = input.withLock { descriptor in
            defer { descriptor = -1 }
            return descriptor
        }
        guard open >= 0 else { return }
        close(open)
        _ = ChildProcess.waitForEnd(of: process)
    }
}
