#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A file opened for reading from its start to its end.
final class InputFile {
    let path: String
    private let descriptor: CInt

    init(path: String) throws(RecordedScrapesError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw Self.failure(path) }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Reads into `chunk` what comes next, and nothing at the end.
    func read(into chunk: inout [UInt8]) throws(RecordedScrapesError) {
        if chunk.count != ReplayLimits.chunkBytes {
            chunk = [UInt8](repeating: 0, count: ReplayLimits.chunkBytes)
        }
        while true {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            #elseif canImport(Musl)
            let count = Musl.read(descriptor, &chunk, chunk.count)
            #else
            let count = Darwin.read(descriptor, &chunk, chunk.count)
            #endif
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.failure(path) }
            chunk.removeLast(chunk.count - count)
            return
        }
    }

    private static func failure(_ path: String) -> RecordedScrapesError {
        let number = errno
        let text = strerror(number).map { String(cString: $0) } ?? "error \(number)"
        return RecordedScrapesError(path: path, line: 0, fault: .file(number: number, text: text))
    }
}
