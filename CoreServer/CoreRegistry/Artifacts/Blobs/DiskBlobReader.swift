import FleetRuntime
import Glibc

/// An open file: it can be read to its end, whoever deletes it meanwhile.
final class DiskBlobReader: BlobReader {
    private let file: Int32
    private let path: String

    init(file: Int32, path: String) {
        self.file = file
        self.path = path
    }

    deinit { close(file) }

    func read(at offset: Int64, count: Int) async throws -> [UInt8] {
        // Keeps the file open until it was read.
        try await Disk.run { [self] in
            try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                while filled < count {
                    let got = pread(
                        file,
                        buffer.baseAddress?.advanced(by: filled),
                        count - filled,
                        off_t(offset) + off_t(filled)
                    )
                    if got < 0 {
                        if errno == EINTR { continue }
                        throw FileError("read", path)
                    }
                    if got == 0 { break }
                    filled += got
                }
            }
        }
    }
}
