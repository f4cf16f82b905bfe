import FleetRuntime
import Glibc

/// Copies that are on disk when they return.
enum FileCopy {
    static func copy(_ source: String, to target: String, mode: UInt16) throws {
        let input = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard input >= 0 else { throw FileError("open", source) }
        defer { close(input) }
        let output = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard output >= 0 else { throw FileError("create", target) }
        defer { close(output) }
        var buffer = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = read(input, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw FileError("read", source) }
            guard count > 0 else { break }
            try append(buffer[..<count], to: output, target)
        }
        guard fchmod(output, mode_t(mode)) == 0 else { throw FileError("set the mode of", target) }
        guard fsync(output) == 0 else { throw FileError("sync", target) }
    }

    static func append(_ bytes: ArraySlice<UInt8>, to file: Int32, _ path: String) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw FileError("write", path) }
            rest = rest.dropFirst(count)
        }
    }

    /// The names in a folder and in all below it are on disk once this returns.
    static func syncFolders(_ folder: String) throws {
        for name in try FolderWork.names(in: folder) {
            var status = stat()
            let path = "\(folder)/\(name)"
            if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
                try syncFolders(path)
            }
        }
        try AtomicFile.syncFolder(folder)
    }
}
