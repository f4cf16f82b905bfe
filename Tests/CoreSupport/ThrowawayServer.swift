import CorePostgres
import Foundation
import Glibc
import Synchronization

/// A PostgreSQL in a temporary directory, which a watchdog makes, starts, stops and removes.
struct ThrowawayServer: Sendable {
    private let directory: String

    /// Nothing here needs to survive a power cut.
    private static let startScript = """
        "$2/initdb" --pgdata "$1/data" --username postgres --auth trust \
            --encoding UTF8 --locale C --no-sync --no-instructions > "$1/log" 2>&1
        "$2/postgres" -D "$1/data" -k "$1" -c listen_addresses= \
            -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
            -c max_connections=800 -c shared_buffers=64MB -c jit=off \
            >> "$1/log" 2>&1 < /dev/null &
        server=$!
        """

    private static let stopScript = """
        kill -QUIT "$server"
        wait "$server"
        rm -rf "$1"
        """

    /// For the end of the process, which knows no variables.
    private static let watchdog = Mutex<Watchdog?>(nil)

    static func start() throws -> ThrowawayServer {
        var template = Array("/tmp/hawser-postgres-XXXXXX\0".utf8).map(CChar.init(bitPattern:))
        guard let made = mkdtemp(&template) else { throw FixtureError("no temporary directory") }
        let directory = String(cString: made)
        let account = try ServerAccount.choose()
        try account.adopt(directory)
        let started = try Watchdog(
            before: startScript,
            after: stopScript,
            arguments: [directory, try PostgresPrograms.find().directory],
            as: account
        )
        watchdog.withLock { $0 = started }
        // Waits for the clean-up, so that whoever ran the tests finds everything gone.
        atexit { ThrowawayServer.watchdog.withLock { $0 }?.finish() }
        return ThrowawayServer(directory: directory)
    }

    /// Making a cluster takes a second or two, more on a busy machine.
    func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while true {
            do {
                try ClusterRoles.prepare(
                    superuserConnectionString: connectionString("postgres", "postgres"),
                    database: nil
                )
                return
            } catch let error as PostgresError
                where error.isRetryable && ContinuousClock.now < deadline
            {
                try await Task.sleep(for: .milliseconds(20))
            } catch {
                let log = try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)
                throw FixtureError("PostgreSQL did not start: \(error)\n\(log ?? "")")
            }
        }
    }

    func connectionString(_ user: String, _ database: String) -> String {
        "host=\(directory) port=5432 user=\(user) dbname=\(database)"
    }
}
