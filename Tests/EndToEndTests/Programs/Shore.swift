import CorePostgres
import CoreTestSupport
import FleetRuntime
import FleetTestSupport
import Foundation
import Glibc
import Synchronization

/// A real core-server with its embedded PostgreSQL, in a temporary directory.
final class Shore: Sendable {
    /// The server's `--data`.
    let data: String
    /// Where ships sync; the same after a restart.
    let syncPort: Int
    let apiPort: Int
    /// Its configuration file, where it has one.
    private let configuration: String?
    private let process = Mutex<RunningProcess?>(nil)

    private init(data: String, configuration: String?, syncPort: Int, apiPort: Int) {
        self.data = data
        self.configuration = configuration
        self.syncPort = syncPort
        self.apiPort = apiPort
    }

    /// Lends a running shore, and a folder for what else the test needs; nothing of both is left.
    ///
    /// - Parameter settings: lines of the server's configuration.
    static func with<Result>(
        settings: String = "",
        _ body: (Shore, _ folder: String) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryDirectory { folder in
            // PostgreSQL runs as another user when we are root.
            chmod(folder, 0o711)
            let watchdog = try Watchdog(after: Leftovers.script, arguments: [folder])
            defer { watchdog.finish() }
            let configuration = settings.isEmpty ? nil : "\(folder)/core-server.yaml"
            if let configuration {
                try settings.write(toFile: configuration, atomically: true, encoding: .utf8)
            }
            let shore = Shore(
                data: "\(folder)/shore",
                configuration: configuration,
                syncPort: try QuietPort.find(),
                apiPort: try QuietPort.find()
            )
            do {
                try await shore.start()
                let result = try await body(shore, folder)
                try await shore.stop()
                return result
            } catch {
                await shore.kill()
                throw error
            }
        }
    }

    var apiURL: String { "https://127.0.0.1:\(apiPort)" }

    // MARK: The server's life

    /// Starts the server and waits until it serves.
    func start() async throws {
        unlink("\(data)/endpoints.json")
        let server = try runner(
            [
                "serve", "--listen", "127.0.0.1:\(apiPort)", "--sync-listen",
                "127.0.0.1:\(syncPort)",
            ] + (configuration.map { ["--config", $0] } ?? [])
        ).start()
        process.withLock { $0 = server }
        do {
            try await eventually("core-server serves", timeout: .seconds(240)) {
                let text = try? String(contentsOfFile: "\(data)/endpoints.json", encoding: .utf8)
                return text?.contains("\"pid\":\(server.processID)}") == true || !server.isRunning
            }
        } catch {
            throw EndToEndError("core-server does not serve:\n\(server.standardError)")
        }
        guard server.isRunning else {
            throw EndToEndError("core-server did not start:\n\(server.standardError)")
        }
    }

    /// SIGTERM; the server stops its database too.
    func stop() async throws {
        guard let server = process.withLock({ $0.take() }) else { return }
        server.send(SIGTERM)
        let status = try? await server.waitForExit(timeout: .seconds(240))
        await server.end()
        guard status == .exited(0) else {
            throw EndToEndError(
                "core-server did not end in order: \(status.map { "\($0)" } ?? "it hangs")\n"
                    + server.standardError.suffix(4000)
            )
        }
    }

    /// SIGKILL; the database goes on alone.
    func kill() async {
        await process.withLock { $0.take() }?.end()
    }

    var isRunning: Bool { process.withLock { $0?.isRunning } ?? false }

    /// What the server has logged since its last start.
    var log: String { process.withLock { $0?.standardError } ?? "" }

    // MARK: Commands

    /// Runs another command of core-server on the same data and returns what it prints.
    @discardableResult
    func command(_ arguments: String...) async throws -> String {
        try await withProcess(runner(arguments)) { process in
            let status = try await process.waitForExit(timeout: .seconds(240))
            guard status == .exited(0) else {
                throw EndToEndError("core-server \(arguments): \(process.standardError)")
            }
            return process.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
        }
    }

    private func runner(_ arguments: [String]) throws -> ProcessRunner {
        var environment = ProcessRunner.inherited
        environment["HAWSER_DATABASE"] = nil
        return ProcessRunner(
            try Products.path("core-server"),
            arguments + ["--data", data],
            environment: environment
        )
    }

    // MARK: The database

    /// Stops the database without a checkpoint and starts it again: a power cut, to it.
    func restartDatabase() async throws {
        let command = try ServerAccount.choose().command(
            PostgresPrograms.find().path("pg_ctl"),
            [
                "restart", "--mode", "immediate", "--pgdata", "\(data)/postgres",
                "--log", "\(data)/postgres.log", "--wait", "--silent",
            ]
        )
        try await withProcess(command[0], Array(command.dropFirst())) { process in
            let status = try await process.waitForExit(timeout: .seconds(240))
            guard status == .exited(0) else {
                throw EndToEndError("pg_ctl restart: \(process.standardError)")
            }
        }
    }

    /// For a role: the one that the server works as, or a superuser.
    func databaseConnectionString(as role: String = ClusterRoles.server) throws -> String {
        let text = try String(contentsOfFile: "\(data)/postgres/postmaster.pid", encoding: .utf8)
        let lines = text.components(separatedBy: "\n")
        guard lines.count >= 5 else { throw EndToEndError("the database does not run") }
        return "host=\(lines[4]) port=5432 user=\(role) dbname=hawser"
    }
}
