import Glibc

/// A file of nothing that keeps room on the disk, so that a full disk can still be emptied.
///
/// Freeing space in SQLite needs space (the write-ahead log grows before the database shrinks).
/// While the reserve is held, data are taken in. When the disk is full it is given up: what frees
/// space may use that room, and nothing is taken in until it could be taken again. It is a file, so
/// all processes that use the store agree on it.
struct DiskReserve: Sendable {
    /// Room for the write-ahead log of what empties the store: three checkpoints' worth (see
    /// `ShipStore`), and one for a transaction that began before.
    static let bytes = 4 * 1024 * 1024
    /// What must be free beyond it before it is taken again: one more checkpoint's worth, so that
    /// the first transaction does not fill the disk anew.
    static let margin = 1024 * 1024

    let path: String
    private let directory: String

    init(directory: String) {
        self.directory = directory
        path = directory + "/reserve"
    }

    var isHeld: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size == off_t(Self.bytes)
    }

    func release() {
        unlink(path)
    }

    /// Takes the room if there is more. Returns whether it is held.
    func acquire() -> Bool {
        if isHeld { return true }
        guard free >= UInt64(Self.bytes + Self.margin) else { return false }
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        guard posix_fallocate(file, 0, off_t(Self.bytes)) == 0 else {
            unlink(path)
            return false
        }
        return true
    }

    /// Whether so little is free that a failed write may well be for want of room. SQLite says
    /// "disk full" of its files only; of the shared memory beside them, or of a file that can't be
    /// made, it says that something failed.
    var isNearlyFull: Bool { free < UInt64(Self.margin) }

    /// What is free beside it.
    var freeBytes: Int { Int(clamping: free) }

    private var free: UInt64 {
        var volume = statvfs()
        guard statvfs(directory, &volume) == 0 else { return .max }
        return UInt64(volume.f_bavail) * UInt64(volume.f_frsize)
    }
}
