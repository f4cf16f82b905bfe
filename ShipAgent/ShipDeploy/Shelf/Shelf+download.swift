import Crypto
import FleetDeploy
import FleetRuntime
import Glibc

/// Deltas on their way. Of a download its file's length is the truth; beside it lie the digests of its whole
/// chunks, so that what a cut of the power has torn is found and fetched again, and no more.
extension Shelf {
    /// Bytes that a cut of the power may cost.
    static let syncEvery: UInt64 = 64 << 10

    private func sums(_ delta: TreeDigest) -> String { path(delta: delta) + ".sums" }

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
                if held < Self.syncEvery { try AtomicFile.syncFolder(downloads) }
                try noteChunks(of: delta, from: held, to: end)
            }
            return end
        } catch {
            // Half a piece is cut off again, so that pieces go on fitting.
            _ = ftruncate(file, off_t(held))
            throw error
        }
    }

    /// Writes down the digests of the chunks that have become whole. They need not outlive a cut of the power:
    /// a chunk without one comes again.
    private func noteChunks(of delta: TreeDigest, from held: UInt64, to end: UInt64) throws {
        let chunks = held / Self.syncEvery..<end / Self.syncEvery
        guard !chunks.isEmpty else { return }
        var digests: [UInt8] = []
        for chunk in chunks { digests += try digest(ofChunk: chunk, of: delta) ?? [] }
        let path = sums(delta)
        let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw FileError("create", path) }
        defer { close(file) }
        guard lseek(file, off_t(chunks.lowerBound * 32), SEEK_SET) >= 0 else {
            throw FileError("seek in", path)
        }
        try FileCopy.append(digests[...], to: file, path)
    }

    /// `nil` for a chunk that is not whole.
    private func digest(ofChunk chunk: UInt64, of delta: TreeDigest) throws -> [UInt8]? {
        let path = path(delta: delta)
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileError("open", path) }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: Int(Self.syncEvery))
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                pread(
                    file,
                    $0.baseAddress.map { $0 + done },
                    $0.count - done,
                    off_t(chunk * Self.syncEvery) + off_t(done)
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", path) }
            guard count > 0 else { return nil }
            done += count
        }
        return Array(SHA256.hash(data: bytes))
    }

    /// Cuts off what nobody can vouch for: what lies behind the last chunk whose digest is right. For a download
    /// of which a process that ended, however it ended, has left a part.
    ///
    /// - Returns: what is left.
    @discardableResult
    package func vouch(for delta: TreeDigest) throws -> UInt64 {
        let held = received(delta)
        guard held > 0 else { return 0 }
        let known = (try? AtomicFile.read(sums(delta), limit: 64 << 20)) ?? []
        var chunk: UInt64 = 0
        while let end = Int(exactly: (chunk + 1) * 32), end <= known.count,
            try digest(ofChunk: chunk, of: delta) == Array(known[(end - 32)..<end])
        {
            chunk += 1
        }
        let good = min(held, chunk * Self.syncEvery)
        let path = path(delta: delta)
        guard truncate(path, off_t(good)) == 0 else { throw FileError("cut", path) }
        return good
    }

    package func drop(_ delta: TreeDigest) throws {
        try FolderWork.remove(path(delta: delta))
        try FolderWork.remove(sums(delta))
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
