import CorePostgres
import Foundation
import Glibc
import Synchronization

/// A PostgreSQL in a temporary directory, under a watchdog.
///
/// The watchdog is a small shell that makes the cluster, starts it, and waits for the end of its
/// standard input. Only the test process holds the other end, so the kernel closes it however that
/// process ends, `kill -9` included; then the shell stops the server and removes the directory.
struct ThrowawayServer: Sendable {
    private let directory: String

    private static let script = """
        directory="$1" programs="$2"
        "$programs/initdb" --pgdata "$directory/data" --username postgres --auth trust \
            --encoding UTF8 --locale C --no-sync --no-instructions > "$directory/log" 2>&1
        "$programs/postgres" -D "$directory/data" -k "$directory" -c listen_addresses= \
            -c fsync=off -c synchronous_commit=off -c full_page_writes=off \
            -c max_connections=200 -c shared_buffers=64MB -c jit=off \
            >> "$directory/log" 2>&1 < /dev/null &
        server=$!
        cat > /dev/null
        kill -QUIT "$server"
        wait "$server"
        rm -rf "$directory"
        """

    /// What the end of the process has to end: the open end of the watchdog's input, and its number.
    private static let watchdog = Mutex<(input: Int32, process: pid_t)?>(nil)

    static func start() throws -> ThrowawayServer {
        var template = Array("/tmp/hawser-postgres-XXXXXX\0".utf8).map(CChar.init(bitPattern:))
        guard let made = mkdtemp(&template) else { throw FixtureError("no temporary directory") }
        let directory = String(cString: made)
        let account = try ServerAccount.choose()
        try account.adopt(directory)
        var ends: [Int32] = [-1, -1]
        // Closed in child processes from the start, so that none keeps the watchdog waiting.
        let kind = SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue
        guard socketpair(AF_UNIX, Int32(kind), 0, &ends) == 0 else {
            throw FixtureError("no socket pair")
        }
        let process = try ChildProcess.spawn(
            account.command(
                "/bin/sh",
                ["-c", script, "sh", directory, try PostgresPrograms.find().directory]
            ),
            input: ends[0],
            output: nil
        )
        close(ends[0])
        watchdog.withLock { $0 = (ends[1], process) }
        // Waits for the clean-up, so that whoever ran the tests finds everything gone.
        atexit {
            guard let watchdog = ThrowawayServer.watchdog.withLock({ $0 }) else { return }
            close(watchdog.input)
            _ = ChildProcess.waitForEnd(of: watchdog.process)
        }
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
