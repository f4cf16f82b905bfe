import Glibc

/// A file of nothing that keeps room on the disk, so that a full disk can still be emptied.
///
/// Freeing space in SQLite needs space (the write-ahead log grows before the database shrinks).
/// When the disk is full the reserve is given up, acknowledgements can then delete what the shore
/// has, and the reserve is taken again when there is room.
struct DiskReserve: Sendable {
    /// Two checkpoints' worth of write-ahead log (see `ShipStore`), rounded up.
    static let bytes = 4 * 1024 * 1024

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

    /// Takes the room if, beyond it, as much again is free. Returns whether it is held.
    func acquire() -> Bool {
        if isHeld { return true }
        var volume = statvfs()
        guard statvfs(directory, &volume) == 0,
            UInt64(volume.f_bavail) * UInt64(volume.f_frsize) >= UInt64(2 * Self.bytes)
        else { return false }
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return false }
        defer { close(file) }
        guard posix_fallocate(file, 0, off_t(Self.bytes)) == 0 else {
            unlink(path)
            return false
        }
        return true
    }
}
