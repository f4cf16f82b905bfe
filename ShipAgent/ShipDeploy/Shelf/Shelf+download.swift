import Crypto
import FleetDeploy
import FleetRuntime
import Glibc

/// Deltas on their way. Of a download its file's length is the truth: nothing else is kept of it.
extension Shelf {
    /// Bytes that a cut of the power may cost.
    static let syncEvery: UInt64 = 64 << 10

    package func received(_ delta: TreeDigest) -> UInt64 {
        FolderWork.size(path(delta: delta)) ?? 0
    }

    /// Puts a piece behind what is here.
    ///
    /// - Returns: how much of it is on the disk for good.
    package func append(
        _ bytes: ArraySlice<UInt8>,
        to delta: TreeDigest,
        at offset: UInt64,
        of size: UInt64
    ) throws -> UInt64 {
        let path = path(delta: delta)
        let held = received(delta)
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw FileError("create", path) }
        defer { close(file) }
        // A piece may come twice after a cut; what is beyond a gap is of no use.
        guard offset <= held, offset + UInt64(bytes.count) <= size else { return held }
        let new = bytes.dropFirst(Int(held - offset))
        guard !new.isEmpty else { return held }
        do {
            try FileCopy.append(new, to: file, path)
            let end = held + UInt64(new.count)
            if end == size || end / Self.syncEvery != held / Self.syncEvery {
                guard fsync(file) == 0 else { throw FileError("sync", path) }
                if held == 0 { try AtomicFile.syncFolder(downloads) }
            }
            return end
        } catch {
            // Half a piece is cut off again, so that pieces go on fitting.
            _ = ftruncate(file, off_t(held))
            throw error
        }
    }

    package func drop(_ delta: TreeDigest) throws {
        try FolderWork.remove(path(delta: delta))
        try FolderWork.remove("\(staging)/\(delta)")
    }

    /// Whether all of a delta is here, as it was sent.
    package func isWhole(_ delta: TreeDigest) throws -> Bool {
        try digest(of: path(delta: delta)) == delta
    }

    private func digest(of path: String) throws -> TreeDigest {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileError("open", path) }
        defer { close(file) }
        var hash = SHA256()
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = read(file, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            guard count > 0 else { break }
            buffer.withUnsafeBytes {
                hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count]))
            }
        }
        guard let digest = TreeDigest(Array(hash.finalize())) else {
            preconditionFailure("SHA-256 has 32 bytes")
        }
        return digest
    }
}

extension Shelf {
    /// Copies a whole delta that somebody carried aboard.
    ///
    /// - Returns: what it is called by its content, and its size.
    func receive(_ file: String) throws -> (delta: TreeDigest, size: UInt64) {
        guard let size = FolderWork.size(file) else {
            throw FileError("open", file, reason: "it is no file")
        }
        guard size.addingReportingOverflow(Aboard.margin).partialValue <= freeBytes else {
            throw DeployError(.full, "the disk that holds \(directory) is full")
        }
        let delta = try digest(of: file)
        guard received(delta) != size else { return (delta, size) }
        let new = "\(downloads)/new-\(delta)"
        try FolderWork.remove(new)
        try FileCopy.copy(file, to: new, mode: 0o600)
        guard rename(new, path(delta: delta)) == 0 else { throw FileError("rename", new) }
        try AtomicFile.syncFolder(downloads)
        return (delta, size)
    }
}
