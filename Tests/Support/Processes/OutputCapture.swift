import Dispatch
import Glibc
import Synchronization

/// What a process writes to one of its outputs: the newest part in memory, all of it in a file if
/// one is given.
final class OutputCapture: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var total = 0
        var isAtEnd = false
    }

    private let limit: Int
    private let state = Mutex(State())

    /// Reads `descriptor` to its end on a thread of its own, and closes it.
    ///
    /// - Parameters:
    ///   - limit: bytes to keep; the oldest go first.
    ///   - file: a descriptor to copy everything to, closed at the end.
    init(reading descriptor: Int32, limit: Int, copyingTo file: Int32?) {
        self.limit = limit
        let queue = DispatchQueue(label: "output capture")
        queue.async { [self] in
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(descriptor, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { break }
                append(buffer[0..<count])
                if let file { _ = write(file, buffer, count) }
            }
            close(descriptor)
            if let file { close(file) }
            state.withLock { $0.isAtEnd = true }
        }
    }

    var text: String {
        state.withLock { String(decoding: $0.bytes, as: UTF8.self) }
    }

    var isAtEnd: Bool { state.withLock { $0.isAtEnd } }

    private func append(_ bytes: ArraySlice<UInt8>) {
        state.withLock { state in
            state.bytes += bytes
            state.total += bytes.count
            // Cut back in large steps, so that a chatty process does not cost a copy per read.
            if state.bytes.count > limit * 2 { state.bytes.removeFirst(state.bytes.count - limit) }
        }
    }
}
