import Glibc

/// The private directory of the server's socket.
///
/// Below the data directory where the path fits into a socket address (107 bytes), else a short
/// one of our own; the server's process file remembers it for as long as it runs.
enum SocketDirectory {
    /// 107 bytes less `/.s.PGSQL.5432`.
    private static let pathLimit = 107 - 14

    static func prepare(in files: ClusterFiles, for account: ServerAccount) throws -> String {
        let path = fits(files.socketDirectory) ? files.socketDirectory : try makeShort()
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
        if path != files.socketDirectory { rmdir(path) }
    }

    /// In `unix_socket_directories`, commas separate and quotes quote.
    private static func fits(_ path: String) -> Bool {
        path.utf8.count <= pathLimit && !path.contains { ",\"\\\n".contains($0) }
    }

    private static func makeShort() throws -> String {
        for parent in ["/run", "/tmp"] {
            var template = Array("\(parent)/hawser-XXXXXX\0".utf8).map(CChar.init(bitPattern:))
            if let made = mkdtemp(&template) { return String(cString: made) }
        }
        throw EmbeddedClusterError("No directory for the database's socket can be made in /tmp")
    }
}
