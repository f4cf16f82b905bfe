import Foundation
import Glibc

/// The names of everything the embedded cluster keeps below the server's data directory.
struct ClusterFiles: Sendable {
    /// Absolute and without symbolic links, so that it can be compared with a process's directory.
    let root: String

    /// The cluster itself.
    var cluster: String { "\(root)/postgres" }
    /// A cluster that is being made.
    var unfinished: String { "\(root)/postgres.new" }
    var log: String { "\(root)/postgres.log" }
    var previousLog: String { "\(root)/postgres.log.1" }
    /// Held while the cluster is started or stopped.
    var startLock: String { "\(root)/cluster.start.lock" }
    /// Shared by all who use the cluster.
    var usersLock: String { "\(root)/cluster.users.lock" }
    /// Ours, written anew at each start.
    var settings: String { "\(cluster)/hawser.conf" }
    var processFile: String { "\(cluster)/postmaster.pid" }
    var versionFile: String { "\(cluster)/PG_VERSION" }
    var socketDirectory: String { "\(root)/socket" }

    /// Makes the data directory if it isn't there.
    ///
    /// One made by root may be passed through by others, because PostgreSQL runs as another user
    /// then; it can't be listed by them.
    init(dataDirectory: String) throws {
        let isRoot = geteuid() == 0
        do {
            try FileManager.default.createDirectory(
                atPath: dataDirectory,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: isRoot ? 0o711 : 0o700]
            )
        } catch {
            throw EmbeddedClusterError("The directory \(dataDirectory) can't be made")
        }
        guard let resolved = realpath(dataDirectory, nil) else {
            throw EmbeddedClusterError("The directory \(dataDirectory) can't be read")
        }
        defer { free(resolved) }
        root = String(cString: resolved)
    }

    /// A file's text, or `nil` when there is none.
    func text(of path: String) -> String? {
        (try? Data(contentsOf: URL(fileURLWithPath: path))).map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Replaces a small file's contents.
    func write(_ text: String, to path: String, for account: ServerAccount) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw EmbeddedClusterError("\(path) can't be written")
        }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard
            Glibc.write(descriptor, bytes, bytes.count) == bytes.count,
            fsync(descriptor) == 0
        else { throw EmbeddedClusterError("\(path) can't be written: is the disk full?") }
        try account.adopt(path)
    }
}
