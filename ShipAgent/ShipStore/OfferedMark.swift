import FleetModel
import FleetRuntime
import FleetSeries
import Glibc

/// How far the lane of fresh samples was offered, where a full disk keeps that out of the database.
///
/// A file of two slots, made while there is room and written in place, which takes none. The older
/// slot is the one that is written: what a power cut leaves of it does not count, and the other is
/// as it was.
package struct OfferedMark: Sendable {
    private struct Slot {
        /// Epoch and sequence, little-endian, and their CRC-32C.
        static let size = 20
        /// Each has a block of its own: a block is what a disk writes at once.
        static let stride = 4096

        let epoch: LaneEpoch
        let sequence: UInt64

        init(epoch: LaneEpoch, sequence: UInt64) {
            self.epoch = epoch
            self.sequence = sequence
        }

        init?(_ bytes: [UInt8]) {
            let content = bytes.prefix(16)
            guard bytes.count == Self.size,
                Self.number(bytes[16...]) == UInt64(CRC32C.checksum(content))
            else { return nil }
            epoch = LaneEpoch(Self.number(content[..<8]))
            sequence = Self.number(content[8...])
        }

        private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
            bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }

        var bytes: [UInt8] {
            func bytes(_ number: UInt64, _ count: Int) -> [UInt8] {
                (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
            }
            let content = bytes(epoch.rawValue, 8) + bytes(sequence, 8)
            return content + bytes(UInt64(CRC32C.checksum(content)), 4)
        }
    }

    private let directory: String
    private let path: String

    package init(directory: String) {
        self.directory = directory
        path = directory + "/offered"
    }

    // MARK: The file

    package var isReady: Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_size == off_t(2 * Slot.stride)
    }

    /// Makes the file, its blocks on the disk. Only whom the store belongs to does: of anybody else,
    /// the agent could not write it.
    ///
    /// - Throws: `FileError`, where there is no room even for that.
    package func prepare() throws {
        var status = stat()
        guard !isReady, stat(directory, &status) == 0, status.st_uid == geteuid() else { return }
        try AtomicFile.write([UInt8](repeating: 0, count: 2 * Slot.stride), to: path)
    }

    // MARK: The mark

    /// - Returns: one past the last segment that was offered in this epoch; 0 where none was.
    package func read(of epoch: LaneEpoch) -> UInt64 {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        return slots(file).compactMap { $0 }.filter { $0.epoch == epoch }.map(\.sequence).max() ?? 0
    }

    /// Puts it on the disk that segments before `sequence` may have been offered. Called under the
    /// lock of the store.
    ///
    /// - Returns: whether it is.
    package func write(before sequence: UInt64, of epoch: LaneEpoch) -> Bool {
        if !isReady { try? prepare() }
        let file = open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return false }
        defer { close(file) }
        let own = slots(file).map { slot in
            slot.flatMap { $0.epoch == epoch ? $0.sequence : nil } ?? 0
        }
        // Never beyond the file's end: that would take room, and may be half done.
        guard isReady, own.count == 2 else { return false }
        if own.contains(where: { $0 >= sequence }) { return true }
        let older = own[0] <= own[1] ? 0 : 1
        let bytes = Slot(epoch: epoch, sequence: sequence).bytes
        return pwrite(file, bytes, bytes.count, off_t(older * Slot.stride)) == bytes.count
            && fdatasync(file) == 0
    }

    private func slots(_ file: Int32) -> [Slot?] {
        (0..<2).map { index in
            var bytes = [UInt8](repeating: 0, count: Slot.size)
            let count = pread(file, &bytes, bytes.count, off_t(index * Slot.stride))
            return count == bytes.count ? Slot(bytes) : nil
        }
    }
}
