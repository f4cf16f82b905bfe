import Glibc

/// The private directory of the server's socket.
///
/// Below the data directory where the path fits into a socket address (107 bytes), else a short
/// one of our own, which a symbolic link below the data directory remembers: a server that is started
/// again is found where it was.
enum SocketDirectory {
    /// 107 bytes less `/.s.PGSQL.5432`.
    private static let pathLimit = 107 - 14

    static func prepare(in files: ClusterFiles, for account: ServerAccount) throws -> String {
        let path =
            fits(files.socketDirectory)
            ? files.socketDirectory
            : try remembered(in: files, for: account) ?? makeShort(for: files)
        // A link of a time when the directory's path was longer.
        if path == files.socketDirectory { unlink(path) }
        if !files.exists(path), mkdir(path, 0o700) != 0 {
            throw EmbeddedClusterError("The directory \(path) can't be made")
        }
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw EmbeddedClusterError("\(path) is no directory: move it out of the way")
        }
        try account.adopt(path)
        guard chmod(path, 0o700) == 0 else {
            throw EmbeddedClusterError("The directory \(path) can't be made private")
        }
        // What a crash left. Nobody but our own server uses this directory, and it isn't running;
        // PostgreSQL would mistake any living process of the same number for it.
        for name in [".s.PGSQL.5432", ".s.PGSQL.5432.lock"] { unlink("\(path)/\(name)") }
        return path
    }

    /// Removes a short one; the other one stays for the next start.
    static func remove(_ path: String, of files: ClusterFiles) {
        guard path != files.socketDirectory else { return }
        rmdir(path)
        unlink(files.socketDirectory)
    }

    /// In `unix_socket_directories`, commas separate and quotes quote.
    private static func fits(_ path: String) -> Bool {
        path.utf8.count <= pathLimit && !path.contains { ",\"\\\n".contains($0) }
    }

    /// The short one of before, unless it is gone or somebody else's.
    private static func remembered(
        in files: ClusterFiles,
        for account: ServerAccount
    ) -> String? {
        guard let resolved = realpath(files.socketDirectory, nil) else { return nil }
        defer { free(resolved) }
        let path = String(cString: resolved)
        guard fits(path) else { return nil }
        var status = stat()
        guard
            lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
            status.st_uid == account.userID
        else { return nil }
        return path
    }

    private static func makeShort(for files: ClusterFiles) throws -> String {
        for parent in ["/run", "/tmp"] {
            var template = Array("\(parent)/hawser-XXXXXX\0".utf8).map(CChar.init(bitPattern:))
            guard let made = mkdtemp(&template) else { continue }
            let path = String(cString: made)
            unlink(files.socketDirectory)
            guard symlink(path, files.socketDirectory) == 0 else {
                rmdir(path)
                throw EmbeddedClusterError("\(files.socketDirectory) can't be made")
            }
            return path
        }
        throw EmbeddedClusterError("No directory for the database's socket can be made in /tmp")
    }
}
