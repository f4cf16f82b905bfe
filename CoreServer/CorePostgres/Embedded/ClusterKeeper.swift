import FleetModel
import Foundation
import Glibc
import Logging

/// Starts and stops the embedded cluster; called with the start lock held.
struct ClusterKeeper {
    /// Recovery after a power cut replays at most `max_wal_size` (2 GB) of log.
    private static let startSeconds = 600
    /// A shutdown writes at most `shared_buffers` and one checkpoint.
    private static let stopSeconds = 120
    /// Orphans of a killed postmaster notice within their current statement, which may be a long one;
    /// nobody hears its answer any more.
    private static let orphanPatience = Duration.seconds(2)
    private static let orphanTimeout = Duration.seconds(60)
    /// At warnings only, this is years.
    private static let logLimit = 10 * 1024 * 1024

    let files: ClusterFiles
    let account: ServerAccount
    let logger: Logger

    /// Brings the cluster from whatever state it is in to accepting connections.
    func ensureRunning() throws -> ClusterPlace {
        if !files.exists(files.versionFile) {
            try ClusterMaker(files: files, account: account, logger: logger).make()
        }
        let version = files.text(of: files.versionFile)
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        let programs = try PostgresPrograms.find(version: version)
        if let running = Postmaster.running(on: files) {
            let place = ClusterPlace(
                socketDirectory: running.socketDirectory,
                binDirectory: programs.directory
            )
            if try answers(place, while: running) {
                logger.debug("database is running already", metadata: metadata(running))
                return place
            }
        }
        try clearAway()
        let socket = try SocketDirectory.prepare(in: files, for: account)
        try writeSettings(socketDirectory: socket, programs)
        try start(programs)
        let place = ClusterPlace(socketDirectory: socket, binDirectory: programs.directory)
        try ClusterRoles.prepare(
            superuserConnectionString: place.connectionString(
                user: "postgres",
                database: "postgres"
            ),
            database: ClusterPlace.database
        )
        return place
    }

    /// Fast shutdown: open connections are cut, everything committed is kept.
    func stop() throws {
        guard let running = Postmaster.running(on: files) else { return }
        let version = files.text(of: files.versionFile)
            .flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        let programs = try PostgresPrograms.find(version: version)
        let answer = try ChildProcess.run(
            account.command(
                programs.path("pg_ctl"),
                [
                    "stop", "--silent", "--pgdata", files.cluster, "--mode", "fast", "--wait",
                    "--timeout", String(Self.stopSeconds),
                ]
            )
        )
        guard answer.status == 0 else {
            throw EmbeddedClusterError(
                "PostgreSQL did not stop within \(Self.stopSeconds) s: see \(files.log)"
            )
        }
        SocketDirectory.remove(running.socketDirectory, of: files)
        logger.info("stopped the embedded database")
    }

    /// Waits until a running server takes connections; `false` when it went away instead.
    private func answers(_ place: ClusterPlace, while running: Postmaster) throws -> Bool {
        let deadline = ContinuousClock.now + .seconds(Self.startSeconds)
        while Postmaster.running(on: files)?.processID == running.processID {
            do {
                try ClusterRoles.prepare(
                    superuserConnectionString: place.connectionString(
                        user: "postgres",
                        database: "postgres"
                    ),
                    database: ClusterPlace.database
                )
                return true
            } catch let error as PostgresError
                where error.isRetryable && ContinuousClock.now < deadline
            {
                usleep(50_000)
            }
        }
        return false
    }

    /// Removes what a crash left behind, when it is certain that nobody works there any more.
    ///
    /// A dead postmaster's children may still write for a moment; they hold the shared memory that a
    /// new one would refuse to share, and are told to leave. Where its number now belongs to some
    /// other process, PostgreSQL would refuse to start for ever.
    private func clearAway() throws {
        let began = ContinuousClock.now
        var told: Set<pid_t> = []
        while true {
            let orphans = Postmaster.processes(on: files)
            guard let orphan = orphans.first else { break }
            let waited = ContinuousClock.now - began
            guard waited < Self.orphanTimeout else {
                throw EmbeddedClusterError(
                    "A process of a crashed PostgreSQL still works in \(files.cluster): "
                        + "end process \(orphan) and start again"
                )
            }
            if waited > Self.orphanPatience {
                // Leaves at once, as in a crash, which is what happened.
                for orphan in orphans where told.insert(orphan).inserted { kill(orphan, SIGQUIT) }
            }
            usleep(20_000)
        }
        if let recorded = Postmaster.recorded(in: files) {
            logger.debug("removing a stale process file", metadata: metadata(recorded))
        }
        unlink(files.processFile)
    }

    private func writeSettings(
        socketDirectory: String,
        _ programs: PostgresPrograms
    ) throws {
        try files.write(
            ClusterSettings.text(
                socketDirectory: socketDirectory,
                compression: try compression(programs)
            ),
            to: files.settings,
            for: account
        )
    }

    /// The best this build of PostgreSQL has: lz4 costs a fraction of pglz's time.
    private func compression(_ programs: PostgresPrograms) throws -> String {
        let answer = try ChildProcess.run(
            account.command(
                programs.path("postgres"),
                ["-D", files.cluster, "-C", "wal_compression", "-c", "wal_compression=lz4"]
            )
        )
        return answer.status == 0 ? "lz4" : "on"
    }

    private func start(_ programs: PostgresPrograms) throws {
        try prepareLog()
        let began = ContinuousClock.now
        // pg_ctl starts it in a session of its own, so it outlives us and our terminal's Ctrl-C.
        let answer = try ChildProcess.run(
            account.command(
                programs.path("pg_ctl"),
                [
                    "start", "--silent", "--pgdata", files.cluster, "--log", files.log, "--wait",
                    "--timeout", String(Self.startSeconds),
                ]
            )
        )
        guard answer.status == 0 else {
            let lines = (files.text(of: files.log) ?? answer.output).split(separator: "\n")
            throw EmbeddedClusterError(
                "PostgreSQL did not start, see \(files.log); its last line: \(lines.last ?? "")"
            )
        }
        logger.info(
            "started the embedded database",
            metadata: [
                "version": "\(programs.majorVersion)",
                "seconds": "\((ContinuousClock.now - began).inSeconds)",
            ]
        )
    }

    /// PostgreSQL appends to the log for as long as it runs; at a start it may be set aside.
    private func prepareLog() throws {
        var status = stat()
        if stat(files.log, &status) == 0, status.st_size > Self.logLimit {
            rename(files.log, files.previousLog)
        }
        let descriptor = open(files.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o640)
        guard descriptor >= 0 else {
            throw EmbeddedClusterError("\(files.log) can't be written")
        }
        close(descriptor)
        try account.adopt(files.log)
    }

    private func metadata(_ postmaster: Postmaster) -> Logger.Metadata {
        ["process": "\(postmaster.processID)"]
    }
}
