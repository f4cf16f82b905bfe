import CorePostgres
import CoreTestSupport
import Foundation
import Glibc
import Testing

/// Each makes a cluster of its own, so they take turns.
@Suite(.serialized, .timeLimit(.minutes(10)))
struct EmbeddedClusterTests {
    private static let whoami = Statement(
        "whoami",
        "SELECT current_user AS name, current_database() AS database"
    )

    /// Lends a data directory, and removes it and its server.
    ///
    /// A cluster outlives its users, so a watchdog ends it if the test can't.
    private func withDataDirectory(
        named name: String = "data",
        _ body: (String) async throws -> Void
    ) async throws {
        let parent = "/tmp/hawser-embedded-\(UUID().uuidString.prefix(8))"
        mkdir(parent, 0o711)
        let directory = "\(parent)/\(name)"
        let watchdog = try Watchdog(
            after: """
                read -r process < "$1/postgres/postmaster.pid" && kill -QUIT "$process"
                rm -rf "$2"
                """,
            arguments: [directory, parent]
        )
        defer { watchdog.finish() }
        try await body(directory)
    }

    private func postmaster(of directory: String) -> pid_t? {
        let text = try? String(
            contentsOfFile: "\(directory)/postgres/postmaster.pid",
            encoding: .utf8
        )
        guard let line = text?.split(separator: "\n").first, let process = pid_t(line),
            isPostgres(process)
        else { return nil }
        return process
    }

    private func isPostgres(_ process: pid_t) -> Bool {
        let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        guard let status else { return false }
        return status.contains("(postgres)") && !status.contains(") Z ")
    }

    private func name(_ connectionString: String) async throws -> String? {
        let pool = PostgresPool(
            PostgresPoolConfiguration(connectionString: connectionString, size: 1),
            logger: .silent
        )
        let name = try await pool.withConnection { connection in
            try connection.execute(Self.whoami).first.map { row in
                "\(try row.text("name")) in \(try row.text("database"))"
            }
        }
        await pool.close()
        return name
    }

    private func acquire(_ directory: String) async throws -> EmbeddedCluster {
        try await EmbeddedCluster.acquire(dataDirectory: directory, logger: .silent)
    }

    @Test
    func `a cluster is made, used by several, and stopped by the last`() async throws {
        try await withDataDirectory { directory in
            let first = try await acquire(directory)
            let process = try #require(postmaster(of: directory))
            let second = try await acquire(directory)

            #expect(try await name(first.serverConnectionString) == "hawser_server in hawser")
            #expect(try await name(second.ownerConnectionString) == "hawser_owner in hawser")
            #expect(postmaster(of: directory) == process)

            await first.release()
            #expect(postmaster(of: directory) == process)
            #expect(try await name(second.serverConnectionString) == "hawser_server in hawser")
            await second.release()
            #expect(postmaster(of: directory) == nil)

            let third = try await acquire(directory)
            #expect(try await name(third.serverConnectionString) == "hawser_server in hawser")
            await third.release()
        }
    }

    @Test
    func `another process that uses the cluster keeps it running`() async throws {
        try await withDataDirectory { directory in
            let cluster = try await acquire(directory)
            let script = """
                exec 9< "$1/cluster.users.lock" && flock --shared 9 && : > "$1/marker" && sleep 600
                """
            let other = try ChildProcess.spawn(
                ["/bin/sh", "-c", script, "other", directory],
                input: nil,
                output: nil
            )
            while !FileManager.default.fileExists(atPath: "\(directory)/marker") {
                try await Task.sleep(for: .milliseconds(5))
            }

            await cluster.release()
            #expect(postmaster(of: directory) != nil)

            // As a crash would, without a word; the group holds the shell and its sleep.
            kill(-other, SIGKILL)
            _ = ChildProcess.waitForEnd(of: other)
            await (try acquire(directory)).release()
            #expect(postmaster(of: directory) == nil)
        }
    }

    @Test
    func `a killed postmaster is recovered, with all that was committed`() async throws {
        try await withDataDirectory { directory in
            let before = try await acquire(directory)
            let counted = try await Migrator.migrate(
                connectionString: before.ownerConnectionString,
                migrations: [Migration(number: 1, title: "one", sql: "SELECT 1")],
                logger: .silent
            )
            let process = try #require(postmaster(of: directory))
            kill(process, SIGKILL)

            let after = try await acquire(directory)
            let again = try await Migrator.migrate(
                connectionString: after.ownerConnectionString,
                migrations: [Migration(number: 1, title: "one", sql: "SELECT 1")],
                logger: .silent
            )

            #expect(counted == 1)
            #expect(again == 0)
            #expect(postmaster(of: directory) != process)
            await before.release()
            await after.release()
            #expect(postmaster(of: directory) == nil)
        }
    }

    @Test
    func `a process file whose number belongs to somebody else is no obstacle`() async throws {
        try await withDataDirectory { directory in
            let before = try await acquire(directory)
            let path = "\(directory)/postgres/postmaster.pid"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            await before.release()
            // As after a crash and a reboot: a process that lives, of PostgreSQL's own user.
            let stranger = try ChildProcess.spawn(
                try ServerAccount.choose().command("/bin/sleep", ["60"]),
                input: nil,
                output: nil
            )
            let stale = text.split(separator: "\n").dropFirst().joined(separator: "\n")
            try "\(stranger)\n\(stale)\n".write(toFile: path, atomically: false, encoding: .utf8)
            try ServerAccount.choose().adopt(path)

            let after = try await acquire(directory)

            #expect(try await name(after.serverConnectionString) == "hawser_server in hawser")
            await after.release()
            kill(stranger, SIGKILL)
            _ = ChildProcess.waitForEnd(of: stranger)
        }
    }

    @Test
    func `a cluster that was half made is made again, at a path too long for a socket`()
        async throws
    {
        let long = String(repeating: "long-", count: 20) + "data"
        try await withDataDirectory(named: long) { directory in
            try FileManager.default.createDirectory(
                atPath: "\(directory)/postgres.new/base",
                withIntermediateDirectories: true
            )
            chmod(directory, 0o711)

            let cluster = try await acquire(directory)

            #expect(try await name(cluster.serverConnectionString) == "hawser_server in hawser")
            #expect(!FileManager.default.fileExists(atPath: "\(directory)/postgres.new"))
            let socket = try #require(
                cluster.serverConnectionString.firstMatch(of: /host='([^']+)'/)
            )
            #expect(!socket.1.hasPrefix(directory))
            await cluster.release()
            #expect(!FileManager.default.fileExists(atPath: String(socket.1)))
        }
    }

    @Test
    func `the log holds no value of a statement`() async throws {
        try await withDataDirectory { directory in
            let cluster = try await acquire(directory)
            let pool = PostgresPool(
                PostgresPoolConfiguration(connectionString: cluster.ownerConnectionString),
                logger: .silent
            )
            for value in [PostgresValue.text("s3cret"), .bytes(Array("s3cret".utf8))] {
                await #expect(throws: PostgresError.self) {
                    try await pool.withConnection { connection in
                        _ = try connection.execute(
                            Statement("number", "SELECT convert_from($1::bytea, 'UTF8')::integer"),
                            value
                        )
                    }
                }
            }
            await pool.close()
            await cluster.release()

            let log = try String(contentsOfFile: "\(directory)/postgres.log", encoding: .utf8)
            #expect(!log.contains("s3cret"))
            #expect(log.contains("shut down"))
        }
    }

    @Test(.enabled("only root runs PostgreSQL as another user") { geteuid() == 0 })
    func `a directory that PostgreSQL's user can't enter is named`() async throws {
        try await withDataDirectory(named: "closed/data") { directory in
            let parent = String(directory.dropLast("/data".count))
            mkdir(parent, 0o700)

            let error = await #expect(throws: EmbeddedClusterError.self) {
                try await acquire(directory)
            }

            #expect(error?.description.contains("chmod o+x \(parent),") == true)
        }
    }
}
