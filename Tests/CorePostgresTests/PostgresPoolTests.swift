import CorePostgres
import CoreTestSupport
import FleetModel
import Testing

@Suite(.timeLimit(.minutes(10)))
struct PostgresPoolTests {
    private static let sleep = Statement(
        "sleep",
        "SELECT 1 AS one FROM (SELECT pg_sleep(60)) AS nap"
    )
    private static let one = Statement("one", "SELECT 1 AS one")
    private static let backend = Statement("backend", "SELECT pg_backend_pid() AS process")
    private static let isSleeping = Statement(
        "is_sleeping",
        """
        SELECT count(*) > 0 AS is_sleeping
        FROM pg_stat_activity
        WHERE datname = current_database() AND state = 'active' AND wait_event = 'PgSleep'
        """
    )
    private static let terminate = Statement(
        "terminate",
        "SELECT pg_terminate_backend($1, 10000) AS is_gone"
    )

    private func isSleeping(_ pool: PostgresPool) async throws -> Bool {
        try await pool.withConnection { connection in
            try connection.execute(Self.isSleeping)[0].bool("is_sleeping")
        }
    }

    @Test
    func `cancelling a task stops its statement, and the connection stays usable`() async throws {
        try await PostgresPool.withDatabase(size: 2) { pool, _ in
            let borrowed = Shared<Int64?>(nil)
            let sleeper = Task {
                try await pool.withConnection { connection in
                    let process = try connection.execute(Self.backend)[0].int64("process")
                    borrowed.withLock { $0 = process }
                    _ = try connection.execute(Self.sleep)
                }
            }
            try await eventually { try await isSleeping(pool) }

            let began = ContinuousClock.now
            sleeper.cancel()
            await #expect(throws: CancellationError.self) { try await sleeper.value }

            #expect(ContinuousClock.now - began < .seconds(20))
            #expect(try await !isSleeping(pool))
            let process = try #require(borrowed.withLock { $0 })
            let processes = try await processes(of: pool, count: 2)
            #expect(processes.contains(process))
        }
    }

    /// Looks again until it is so; the suite's time limit is what ends a vain wait.
    private func eventually(_ condition: () async throws -> Bool) async throws {
        while try await !condition() { try await Task.sleep(for: .milliseconds(5)) }
    }

    /// Whose connections these are, all lent at once.
    private func processes(of pool: PostgresPool, count: Int) async throws -> Set<Int64> {
        let all = Rendezvous(count: count)
        return try await withThrowingTaskGroup(of: Int64.self) { group in
            for _ in 0..<count {
                group.addTask {
                    try await pool.withConnection { connection in
                        all.arriveAndWait()
                        return try connection.execute(Self.backend)[0].int64("process")
                    }
                }
            }
            return try await group.reduce(into: []) { $0.insert($1) }
        }
    }

    @Test
    func `a cancelled task does not hurt the next borrower`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            for _ in 0..<50 {
                let task = Task {
                    try await pool.withConnection { connection in
                        for _ in 0..<20 { try connection.execute(Self.one) }
                    }
                }
                await Task.yield()
                task.cancel()
                _ = await task.result

                let value = try await pool.withConnection { connection in
                    try connection.execute(Self.one)[0].int64("one")
                }
                #expect(value == 1)
            }
        }
    }

    @Test
    func `a connection that is killed under a statement is named lost, and the pool recovers`()
        async throws
    {
        try await PostgresPool.withDatabase(size: 2) { pool, _ in
            let victim = Shared<Int64?>(nil)
            let sleeper = Task {
                try await pool.withConnection { connection in
                    let process = try connection.execute(Self.backend)[0].int64("process")
                    victim.withLock { $0 = process }
                    _ = try connection.execute(Self.sleep)
                }
            }
            try await eventually { try await isSleeping(pool) }
            let process = try #require(victim.withLock { $0 })
            try await pool.withConnection { connection in
                _ = try connection.execute(Self.terminate, .int32(Int32(process)))
            }

            let error = await #expect(throws: PostgresError.self) { try await sleeper.value }

            #expect(error?.code == .connectionLost)
            #expect(error?.isRetryable == true)
            #expect(error?.statement == "sleep")
            #expect(try await processes(of: pool, count: 2).contains(process) == false)
        }
    }

    @Test
    func `a connection that was killed while idle is replaced unnoticed`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, database in
            let other = PostgresPool(
                PostgresPoolConfiguration(
                    connectionString: database.superuserConnectionString,
                    size: 1
                ),
                logger: .silent
            )
            for _ in 0..<5 {
                let process = try await pool.withConnection { connection in
                    try connection.execute(Self.backend)[0].int32("process")
                }
                let isGone = try await other.withConnection { connection in
                    try connection.execute(Self.terminate, .int32(process))[0].bool("is_gone")
                }
                #expect(isGone)

                let next = try await pool.transaction(tenant: TenantID(1)) { connection in
                    try connection.execute(Self.backend)[0].int32("process")
                }
                #expect(next != process)
            }
            await other.close()
        }
    }

    @Test
    func `waiters are served first come, first served`() async throws {
        try await PostgresPool.withDatabase(size: 1) { pool, _ in
            let order = Shared<[Int]>([])
            let gate = Rendezvous(count: 2)
            let holder = Task { try await pool.withConnection { _ in gate.arriveAndWait() } }
            try await eventually { pool.load.lent == 1 }

            var waiters: [Task<Void, any Error>] = []
            for number in 0..<10 {
                waiters.append(
                    Task {
                        try await pool.withConnection { _ in
                            order.withLock { $0.append(number) }
                        }
                    }
                )
                try await eventually { pool.load.waiting == number + 1 }
            }
            gate.arriveAndWait()
            try await holder.value
            for waiter in waiters { try await waiter.value }

            #expect(order.withLock { $0 } == Array(0..<10))
        }
    }

    @Test
    func `no more than its size is lent at once`() async throws {
        try await PostgresPool.withDatabase(size: 3) { pool, _ in
            let now = Shared(0)
            let most = Shared(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        try await pool.withConnection { connection in
                            let count = now.withLock { count in
                                count += 1
                                return count
                            }
                            most.withLock { $0 = max($0, count) }
                            try connection.execute(Self.one)
                            now.withLock { $0 -= 1 }
                        }
                    }
                }
                try await group.waitForAll()
            }

            #expect(most.withLock { $0 } <= 3)
            #expect(pool.load == (lent: 0, waiting: 0))
        }
    }

    @Test
    func `who waits too long is told that the pool is busy`() async throws {
        try await PostgresPool.withDatabase(size: 1, acquireTimeout: .milliseconds(50)) { pool, _ in
            // The first attempts open the connection, which may take longer than that.
            try await eventually { (try? await pool.withConnection { _ in }) != nil }
            let gate = Rendezvous(count: 2)
            let holder = Task { try await pool.withConnection { _ in gate.arriveAndWait() } }
            try await eventually { pool.load.lent == 1 }

            let error = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { _ in }
            }

            #expect(error?.code == .poolBusy)
            #expect(error?.isRetryable == true)
            #expect(pool.load.waiting == 0)
            gate.arriveAndWait()
            try await holder.value
        }
    }

    @Test
    func `a full queue refuses at once, and a cancelled waiter leaves it`() async throws {
        try await PostgresPool.withDatabase(size: 1, waiterLimit: 1) { pool, _ in
            let gate = Rendezvous(count: 2)
            let holder = Task { try await pool.withConnection { _ in gate.arriveAndWait() } }
            try await eventually { pool.load.lent == 1 }
            let waiter = Task { try await pool.withConnection { _ in } }
            try await eventually { pool.load.waiting == 1 }

            let error = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { _ in }
            }
            waiter.cancel()
            await #expect(throws: CancellationError.self) { try await waiter.value }

            #expect(error?.code == .poolQueueFull)
            #expect(pool.load.waiting == 0)
            gate.arriveAndWait()
            try await holder.value
        }
    }

    @Test
    func `a cancelled run closes the pool and stops who is still at it`() async throws {
        try await PostgresPool.withDatabase(size: 2) { pool, _ in
            let service = Task { try await pool.run() }
            let sleeper = Task {
                try await pool.withConnection { _ = try $0.execute(Self.sleep) }
            }
            try await eventually { try await isSleeping(pool) }

            service.cancel()
            try await service.value

            await #expect(throws: CancellationError.self) { try await sleeper.value }
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { _ in }
            }
            #expect(error?.code == .poolClosed)
        }
    }

    @Test
    func `a role given at start-up can't be left`() async throws {
        let whoami = Statement("whoami", "SELECT current_user AS name")
        try await PostgresFixture.withDatabase(migrations: []) { database in
            let pool = PostgresPool(
                PostgresPoolConfiguration(
                    connectionString: database.superuserConnectionString,
                    role: ClusterRoles.server,
                    size: 1
                ),
                logger: .silent
            )
            let names = try await pool.withConnection { connection in
                var names = [try connection.execute(whoami)[0].text("name")]
                try connection.run(script: "RESET ROLE")
                names.append(try connection.execute(whoami)[0].text("name"))
                try connection.run(script: "RESET ALL")
                names.append(try connection.execute(whoami)[0].text("name"))
                return names
            }

            #expect(names == ["hawser_server", "hawser_server", "hawser_server"])
            await pool.close()
        }
    }
}
