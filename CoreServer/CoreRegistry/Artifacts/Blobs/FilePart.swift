import FleetRuntime
import Glibc

/// A part of a file of this machine, read as it is asked for, as often as it is.
package struct FilePart: AsyncSequence, Sendable {
    private static let piece = 256 * 1024

    let path: String
    let offset: Int64
    package let count: Int64

    package struct AsyncIterator: AsyncIteratorProtocol {
        private let reader: DiskBlobReader
        private var place: Int64
        private let end: Int64

        fileprivate init(_ reader: DiskBlobReader, _ place: Int64, _ end: Int64) {
            self.reader = reader
            self.place = place
            self.end = end
        }

        package mutating func next() async throws -> [UInt8]? {
            guard place < end else { return nil }
            let wanted = Int(Swift.min(Int64(FilePart.piece), end - place))
            let bytes = try await reader.read(at: place, count: wanted)
            guard bytes.count == wanted else {
                throw FileError("read", "a file that is uploaded", reason: "it was cut")
            }
            place += Int64(wanted)
            return bytes
        }
    }

    package func makeAsyncIterator() -> AsyncIterator {
        // A file that can't be opened can't be read: the first read says so.
        let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        return AsyncIterator(DiskBlobReader(file: file, path: path), offset, offset + count)
    }
}
