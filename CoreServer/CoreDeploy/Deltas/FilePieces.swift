import FleetRuntime
import Glibc

/// A file's bytes, piece by piece.
struct FilePieces: AsyncSequence, Sendable {
    typealias Element = [UInt8]

    let path: String

    final class Descriptor: Sendable {
        let number: Int32

        init(_ path: String) throws {
            number = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard number >= 0 else { throw FileError("open", path) }
        }

        deinit { close(number) }
    }

    struct AsyncIterator: AsyncIteratorProtocol {
        private static let bytes = 256 << 10

        let path: String
        private var descriptor: Descriptor?

        init(path: String) { self.path = path }

        mutating func next() async throws -> [UInt8]? {
            let file = try descriptor ?? Descriptor(path)
            descriptor = file
            var piece = [UInt8](repeating: 0, count: Self.bytes)
            while true {
                let count = Glibc.read(file.number, &piece, Self.bytes)
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw FileError("read", path) }
                guard count > 0 else { return nil }
                return Array(piece.prefix(count))
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(path: path) }
}
