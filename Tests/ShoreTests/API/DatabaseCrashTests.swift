import CoreDomain
import FleetTestSupport
import Glibc
import Synchronization
import Testing

/// The embedded PostgreSQL is killed under a server that works.
@Suite(.timeLimit(.minutes(10)))
struct DatabaseCrashTests {
    /// The names of files whose upload was answered.
    private final class Acknowledged: Sendable {
        private let names = Mutex<[String]>([])

        var all: [String] { names.withLock { $0 } }

        func append(_ name: String) { names.withLock { $0.append(name) } }

        func waitForMore() async throws {
            // Those on the way may still have been answered.
            let enough = all.count + 10
            try await eventually("uploads are acknowledged", timeout: .seconds(240)) {
                all.count > enough
            }
        }
    }

    private static let root = "/api/2.0/mlflow-artifacts/artifacts/1"

    /// Uploads one file after the other until it is cancelled, and notes which were acknowledged.
    private func write(
        _ server: Shore,
        _ token: String,
        _ worker: Int,
        _ acknowledged: Acknowledged
    ) async {
        for number in 0... {
            if Task.isCancelled { return }
            let name = "\(worker)-\(number)"
            let answer = try? await server.call(
                "\(Self.root)/\(name)",
                method: "PUT",
                token: token,
                body: "content of \(name)"
            )
            guard let status = answer?.status else { continue }
            if status == 200 { acknowledged.append(name) }
            #expect([200, 500, 503].contains(status), "\(status)")
        }
    }

    @Test func `a database that is killed is brought back, and what was acknowledged is there`()
        async throws
    {
        try await EmbeddedShore.lend { shore in
            try await shore.serve { server in
                let token = try await server.makeToken(
                    server.makeTenant("acme"),
                    role: .operator
                )
                let acknowledged = Acknowledged()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<4 {
                        group.addTask { await write(server, token, worker, acknowledged) }
                    }
                    // Of a process that works for the server PostgreSQL recovers by itself, with all
                    // others ended; of its first process nobody but the server.
                    for victim in ["postmaster", "backend", "postmaster", "backend"] {
                        try await acknowledged.waitForMore()
                        let process =
                            victim == "postmaster" ? shore.postmaster : shore.backends.first
                        kill(try #require(process), SIGKILL)
                        try await acknowledged.waitForMore()
                    }
                    group.cancelAll()
                }
                #expect(try await server.call("/readyz").status == 200)
                #expect(try await server.metric("hawser_database_restarts_total") == 2)
                let told = server.log.ranges(of: "the embedded database has ended")
                #expect(told.count == 2, "once for each time")
                for name in acknowledged.all {
                    let answer = try await server.call("\(Self.root)/\(name)", token: token)
                    #expect(answer.body == "content of \(name)")
                }
            }
        }
    }
}
