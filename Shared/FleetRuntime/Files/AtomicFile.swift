import Glibc
import Synchronization

/// Files that are there whole or not at all, whatever happens to the power.
package enum AtomicFile {
    private static let serial = Atomic<UInt64>(0)

    /// Writes `bytes` so that a reader sees the old content or the new, never a part.
    ///
    /// The new file lies beside the old one until it is on disk, then takes its name, then the
    /// folder is made durable. A crash may leave a `.hawser-…` file; `removeLeftovers` clears them.
    ///
    /// - Parameters:
    ///   - bytes: the whole content.
    ///   - path: the file; its folder must exist.
    ///   - mode: the permission bits of the new file.
    /// - Throws: `FileError`. The old file is then unchanged, except that a failure to make the
    ///   folder durable leaves the new one in place.
    package static func write(
        _ bytes: [UInt8],
        to path: String,
        mode: UInt32 = 0o600
    ) throws(FileError) {
        let number = serial.add(1, ordering: .relaxed).newValue
        let temporary = "\(folder(of: path))/\(leftoverPrefix)\(getpid())-\(number)"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode)
        guard file >= 0 else { throw FileError("create", temporary) }
        do throws(FileError) {
            // Without it the umask would have its say.
            guard fchmod(file, mode) == 0 else { throw FileError("set the mode of", temporary) }
            try writeAll(bytes, to: file, path: temporary)
            guard fsync(file) == 0 else { throw FileError("sync", temporary) }
        } catch {
            close(file)
            unlink(temporary)
            throw error
        }
        guard close(file) == 0 else {
            let error = FileError("close", temporary)
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let error = FileError("rename a new file to", path)
            unlink(temporary)
            throw error
        }
        try syncFolder(folder(of: path))
    }

    /// Writes `text` as UTF-8; see `write`.
    package static func write(
        text: String,
        to path: String,
        mode: UInt32 = 0o600
    ) throws(FileError) {
        try write(Array(text.utf8), to: path, mode: mode)
    }

    /// The whole content of a file.
    ///
    /// - Parameter limit: the most bytes to accept; a longer file is refused, not cut.
    /// - Throws: `FileError`.
    package static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw FileError("open", path) }
        defer { close(file) }
        // Asking for one byte more than allowed shows a longer file without trusting its size,
        // which is 0 for everything in /proc.
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: min(limit, 65_536) + 1)
        while true {
            let count = Glibc.read(file, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("read", path)
            }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else {
                throw FileError("read", path, reason: "it is larger than \(limit) bytes")
            }
            bytes.append(contentsOf: buffer[0..<count])
        }
    }

    /// The whole content of a UTF-8 file; see `read`.
    package static func readText(_ path: String, limit: Int) throws(FileError) -> String {
        let bytes = try read(path, limit: limit)
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw FileError("read", path, reason: "it is not UTF-8 text")
        }
        return text
    }

    /// Makes the names in a folder durable: what was created, renamed or removed there.
    package static func syncFolder(_ folder: String) throws(FileError) {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileError("open", folder) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw FileError("sync", folder) }
    }

    /// Removes what writes that were cut short left in a folder. Call it where nobody writes.
    ///
    /// - Returns: how many files went.
    @discardableResult
    package static func removeLeftovers(in folder: String) throws(FileError) -> Int {
        guard let listing = opendir(folder) else { throw FileError("list", folder) }
        defer { closedir(listing) }
        var count = 0
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(leftoverPrefix), unlink("\(folder)/\(name)") == 0 { count += 1 }
        }
        return count
    }

    private static let leftoverPrefix = ".hawser-"

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func writeAll(
        _ bytes: [UInt8],
        to file: Int32,
        path: String
    ) throws(FileError) {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(file, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw FileError("write", path)
            }
            written += count
        }
    }
}
