import CorePostgres
import CoreTestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct PostgresListenerTests {
    private static let notify = Statement("notify", "SELECT pg_notify('work', $1)")
    private static let killListeners = Statement(
        "kill_listeners",
        """
        SELECT count(pg_terminate_backend(pid, 10000)) AS count
        FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'hawser-listener'
        """
    )

    @Test
    func `payloads are heard in order, and the channel opens again when it breaks`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, database in
            let listener = PostgresListener(
                connectionString: database.ownerConnectionString,
                channel: "work",
                logger: .silent
            )
            var heard: [PostgresNotification] = []
            var step = 0
            for try await notification in listener {
                heard.append(notification)
                step += 1
                if notification == .payload("last") { break }
                let current = step
                try await pool.withConnection { connection in
                    switch current {
                    case 1:
                        try connection.execute(Self.notify, .text("one"))
                        try connection.execute(Self.notify, .text("two größer"))
                    case 3:
                        try connection.execute(Self.killListeners)
                    case 4:
                        try connection.execute(Self.notify, .text("last"))
                    default: break
                    }
                }
            }

            #expect(
                heard == [
                    .listening, .payload("one"), .payload("two größer"), .listening,
                    .payload("last"),
                ]
            )
        }
    }

    @Test
    func `a cancelled task ends the sequence`() async throws {
        try await PostgresPool.withDatabase(size: 1) { _, database in
            let listener = PostgresListener(
                connectionString: database.ownerConnectionString,
                channel: "quiet",
                logger: .silent
            )
            let (started, start) = AsyncStream<Void>.makeStream()
            let task = Task {
                var count = 0
                for try await _ in listener {
                    count += 1
                    start.finish()
                }
                return count
            }
            for await _ in started {}

            task.cancel()
            let count = try await task.value

            #expect(count == 1)
        }
    }
}
