import Glibc
import Synchronization

/// The process's standard error, written a whole line at a time.
package enum StandardError {
    private static let lock = Mutex<Void>(())

    /// Writes the line and a newline; lines of different threads never mix.
    ///
    /// What can't be written is lost: there is nowhere left to complain.
    package static func writeLine(_ line: String) {
        let bytes = Array(line.utf8) + [UInt8(ascii: "\n")]
        lock.withLock { _ in
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    write(2, buffer.baseAddress?.advanced(by: written), buffer.count - written)
                }
                if count < 0 {
                    if errno == EINTR { continue }
                    return
                }
                written += count
            }
        }
    }
}
