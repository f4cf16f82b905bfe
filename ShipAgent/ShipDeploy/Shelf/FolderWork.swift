import FleetModel
import FleetRuntime
import Glibc

/// Whole folders: made, listed, measured, removed.
enum FolderWork {
    /// Makes a folder that others may look into: consumers run as whom they like.
    static func create(_ path: String) throws {
        if mkdir(path, 0o755) == 0 {
            guard chmod(path, 0o755) == 0 else { throw FileError("set the mode of", path) }
            try AtomicFile.syncFolder(parent(of: path))
            return
        }
        if errno == ENOENT {
            try create(parent(of: path))
            return try create(path)
        }
        guard errno == EEXIST else { throw FileError("create the folder", path) }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
        return String(path[..<slash])
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// Sorted; none of a folder that is not there.
    static func names(in folder: String) throws -> [String] {
        guard let listing = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw FileError("list", folder)
        }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    /// Bytes of a file; `nil` if there is none.
    static func size(_ path: String) -> UInt64? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return UInt64(max(0, status.st_size))
    }

    /// When a file was written last; `nil` if there is none.
    static func changed(_ path: String) -> Timestamp? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return Timestamp(
            milliseconds: Int64(status.st_mtim.tv_sec) * 1000
                + Int64(status.st_mtim.tv_nsec) / 1_000_000
        )
    }

    /// With everything in it. Links are removed, not followed; what is not there is no trouble.
    static func remove(_ path: String) throws {
        var status = stat()
        guard lstat(path, &status) == 0 else { return }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            guard unlink(path) == 0 || errno == ENOENT else { throw FileError("remove", path) }
            return
        }
        // An artifact's folder may have come without the right to write.
        _ = chmod(path, 0o700)
        for name in try names(in: path) { try remove("\(path)/\(name)") }
        guard rmdir(path) == 0 || errno == ENOENT else { throw FileError("remove", path) }
    }

    static func free(_ path: String) -> UInt64 {
        var volume = statvfs()
        guard statvfs(path, &volume) == 0 else { return 0 }
        return UInt64(volume.f_bavail) * UInt64(volume.f_frsize)
    }
}
