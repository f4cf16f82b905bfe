import CorePostgres
import CoreTestSupport
import FleetRuntime
import FleetTestSupport
import Glibc

/// A data directory with a PostgreSQL in it, and the core-servers that live on it, one after the other.
struct EmbeddedShore: Sendable {
    let data: String
    private let database: TestDatabase
    private let pool: PostgresPool
    private let superuser: PostgresPool

    /// Lends an empty one; ends what runs in it, whatever happens.
    static func lend<Result>(
        _ body: (EmbeddedShore) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { data in
            // PostgreSQL runs as a user of its own where we are root.
            chmod(data, 0o711)
            let database = TestDatabase.embedded(in: data)
            return try await PostgresPool.lend(database.serverConnectionString) { pool in
                try await PostgresPool.lend(database.superuserConnectionString) { superuser in
                    let shore = EmbeddedShore(
                        data: data,
                        database: database,
                        pool: pool,
                        superuser: superuser
                    )
                    do {
                        let result = try await body(shore)
                        await shore.end()
                        return result
                    } catch {
                        await shore.end()
                        throw error
                    }
                }
            }
        }
    }

    private func end() async {
        guard let postmaster else { return }
        kill(postmaster, SIGQUIT)
        try? await eventually("the database ends", timeout: .seconds(60)) {
            self.postmaster == nil
        }
    }

    /// Starts a server, which finds the database as it is, and kills it at the end.
    func serve<Result>(_ body: (Shore) async throws -> Result) async throws -> Result {
        try await withProcess(runner()) { try await body(shore($0)) }
    }

    func runner() throws -> ProcessRunner {
        ProcessRunner(
            try Products.path("core-server"),
            [
                "serve", "--data", data, "--listen", "127.0.0.1:0", "--sync-listen",
                "127.0.0.1:0",
            ]
        )
    }

    /// Once it serves.
    func shore(_ process: RunningProcess) async throws -> Shore {
        try await Shore(
            process: process,
            database: database,
            data: data,
            pool: pool,
            superuser: superuser
        )
    }

    /// The process that all others of the database come from, if it lives.
    var postmaster: pid_t? {
        let text = try? Self.text("\(data)/postgres/postmaster.pid")
        guard let number = text?.split(separator: "\n").first.flatMap({ pid_t($0) }),
            Self.isDatabase(number)
        else { return nil }
        return number
    }

    /// Processes of the database that work for a server.
    var backends: [pid_t] {
        guard let postmaster else { return [] }
        return TemporaryDirectory.names(in: "/proc").compactMap { pid_t($0) }.filter { process in
            guard let parent = Self.parent(of: process), parent == postmaster else { return false }
            let title = try? Self.text("/proc/\(process)/cmdline")
            return title?.contains("hawser_") ?? false
        }
    }

    private static func text(_ path: String) throws -> String {
        try AtomicFile.readText(path, limit: 65_536)
    }

    private static func isDatabase(_ process: pid_t) -> Bool {
        let status = try? Self.text("/proc/\(process)/stat")
        return status.map { $0.contains("(postgres)") && !$0.contains(") Z ") } ?? false
    }

    private static func parent(of process: pid_t) -> pid_t? {
        guard let status = try? Self.text("/proc/\(process)/stat"),
            status.contains("(postgres)"), let end = status.lastIndex(of: ")")
        else { return nil }
        return status[end...].split(separator: " ").dropFirst(2).first.flatMap { pid_t($0) }
    }
}
