import FleetRuntime
import Glibc

/// The server's directory. Its own files are private; the directory itself must let the
/// unprivileged user of the embedded cluster through.
enum DataDirectory {
    static func create(_ path: String) throws {
        var created = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            created +=
                created.isEmpty && part.isEmpty
                ? "/" : (created.hasSuffix("/") || created.isEmpty ? "" : "/") + part
            if part.isEmpty || access(created, F_OK) == 0 { continue }
            guard mkdir(created, 0o755) == 0 || errno == EEXIST else {
                throw FileError("create", created)
            }
        }
        guard access(path, W_OK) == 0 else { throw FileError("write to", path) }
    }
}
