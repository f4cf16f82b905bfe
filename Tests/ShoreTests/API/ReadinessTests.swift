import FleetRuntime
import FleetTestSupport
import Glibc
import Testing

/// The database goes away under a running server and comes back.
@Suite(.timeLimit(.minutes(10)))
struct ReadinessTests {
    @Test func `readyz says 503 and why while PostgreSQL is down, and 200 again after`()
        async throws
    {
        try await EmbeddedShore.lend { shore in
            try await shore.serve { server in
                #expect(try await server.call("/readyz").status == 200)
                // As another process does that is about to start it: the server waits for it.
                let lock = try FileLock(path: shore.data + "/cluster.start.lock")
                kill(try #require(shore.postmaster), SIGQUIT)
                try await eventually("it is not ready, and says why") {
                    let answer = try await server.call("/readyz")
                    return answer.status == 503
                        && answer.body == "the database has ended and is being started again\n"
                }
                #expect(try await server.call("/healthz").status == 200)
                let report = try await server.call(
                    "/api/v1/fleet/report",
                    token: "hwt.1.1.\(String(repeating: "A", count: 43))"
                )
                #expect([500, 503].contains(report.status))
                #expect(report.problem != nil)
                lock.release()
                try await eventually("it is ready again") {
                    try await server.call("/readyz").status == 200
                }
                #expect(try await server.metric("hawser_database_restarts_total") == 1)
                server.process.send(SIGTERM)
                #expect(try await server.process.waitForExit().isSuccess)
                #expect(shore.postmaster == nil, "it was left behind")
            }
        }
    }
}
