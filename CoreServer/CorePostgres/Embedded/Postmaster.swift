import Foundation
import Glibc

/// The server process of a cluster, as far as files and `/proc` tell.
struct Postmaster: Sendable {
    let processID: pid_t
    let socketDirectory: String

    /// The one that runs on this cluster now.
    ///
    /// The process file alone proves nothing: after a crash its number may belong to any process.
    /// A postmaster and its children have the cluster as their working directory.
    static func running(on files: ClusterFiles) -> Postmaster? {
        guard let recorded = recorded(in: files), works(recorded.processID, in: files.cluster)
        else { return nil }
        return recorded
    }

    /// What the process file says, true or not. Its lines: process, directory, start time, port,
    /// socket directory, …
    static func recorded(in files: ClusterFiles) -> Postmaster? {
        guard let text = files.text(of: files.processFile) else { return nil }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard lines.count >= 5, let processID = pid_t(lines[0]), processID > 0 else { return nil }
        return Postmaster(processID: processID, socketDirectory: lines[4])
    }

    /// Processes of a server that still work on this cluster, its postmaster alive or not.
    static func processes(on files: ClusterFiles) -> [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.filter { works($0, in: files.cluster) }
    }

    private static func works(_ process: pid_t, in directory: String) -> Bool {
        guard let path = realpath("/proc/\(process)/cwd", nil) else { return false }
        defer { free(path) }
        guard String(cString: path) == directory else { return false }
        // Somebody's shell may stand there too.
        let name = try? String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8)
        return name?.hasPrefix("postgres") == true
    }
}
