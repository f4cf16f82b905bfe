import FleetRuntime
import Glibc
import Synchronization

/// A file that has its name when it is whole and on the disk.
final class DiskBlobWriter: BlobWriter {
    private let temporary: String
    private let path: String
    private let folder: String
    private let isDurable: Bool
    /// nil once it is finished or abandoned.
    private let file: Mutex<Int32?>

    /// - Parameter isDurable: whether it must be there after a loss of power.
    init(temporary: String, path: String, folder: String, isDurable: Bool = true) throws {
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw FileError("create", temporary) }
        self.temporary = temporary
        self.path = path
        self.folder = folder
        self.isDurable = isDurable
        self.file = Mutex(file)
    }

    deinit {
        if let file = take() {
            close(file)
            unlink(temporary)
        }
    }

    private func take() -> Int32? {
        file.withLock { file in
            defer { file = nil }
            return file
        }
    }

    func write(_ bytes: [UInt8]) async throws {
        guard !bytes.isEmpty else { return }
        let (file, temporary) = (file.withLock { $0 }, temporary)
        guard let file else { throw FileError("write", temporary, reason: "it is closed") }
        try await Disk.run {
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    Glibc.write(
                        file,
                        buffer.baseAddress?.advanced(by: written),
                        buffer.count - written
                    )
                }
                if count < 0 {
                    if errno == EINTR { continue }
                    throw FileError("write", temporary)
                }
                written += count
            }
        }
    }

    func finish() async throws {
        let (temporary, path, folder, isDurable) = (temporary, path, folder, isDurable)
        guard let file = take() else {
            throw FileError("finish", temporary, reason: "it is closed")
        }
        try await Disk.run {
            do {
                defer { close(file) }
                guard !isDurable || fsync(file) == 0 else { throw FileError("sync", temporary) }
            } catch {
                unlink(temporary)
                throw error
            }
            guard rename(temporary, path) == 0 else {
                let error = FileError("rename a new file to", path)
                unlink(temporary)
                throw error
            }
            if isDurable { try AtomicFile.syncFolder(folder) }
        }
    }

    func abandon() async {
        guard let file = take() else { return }
        close(file)
        unlink(temporary)
    }
}
