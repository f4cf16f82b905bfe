import CoreTestSupport
import FleetRuntime
import FleetTestSupport
import Foundation
import NIOCore
import NIOPosix
import Testing

/// What people type wrong: one line that says what, a failing exit, and nothing half-made.
@Suite(.timeLimit(.minutes(10)))
struct BadInputTests {
    /// Lends a port on which something listens that is no shore: it closes whoever comes.
    private func withTakenPort(_ body: (Int) async throws -> Void) async throws {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { $0.close() }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        do {
            try await body(listener.localAddress?.port ?? 0)
            try await listener.close()
        } catch {
            try await listener.close()
            throw error
        }
    }

    private func expectOneLine(
        _ process: RunningProcess,
        _ program: String,
        says: String
    ) async throws {
        let status = try await process.waitForExit(timeout: .seconds(240))
        #expect(!status.isSuccess)
        if case .signalled = status { Issue.record("it crashed: \(status)") }
        let lines = process.standardError.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 2 && lines.last == "", "\(lines)")
        #expect(lines.first?.hasPrefix("\(program): ") == true, "\(lines)")
        #expect(lines.first?.localizedCaseInsensitiveContains(says) == true, "\(says): \(lines)")
        #expect(!process.standardError.contains("secret"))
        #expect(process.standardOutput.isEmpty)
    }

    @Test(arguments: BadInput.core + BadInput.ship)
    func `is one line, a failing exit, and nothing half-made`(_ input: BadInput) async throws {
        try await withTakenPort { port in
            try await withTemporaryDirectory { folder in
                let free = try FreePort.find()
                func filled(_ text: String) -> String {
                    text.replacing("{dir}", with: folder).replacing("{port}", with: "\(port)")
                        .replacing("{free}", with: "\(free)")
                }
                if let file = input.file {
                    try AtomicFile.write(text: filled(file), to: folder + "/file")
                }
                try await withProcess(
                    try Products.path(input.program),
                    input.arguments.map(filled)
                ) { process in
                    try await expectOneLine(process, input.program, says: filled(input.says))
                }
                // A data directory may be there, but no identity, no cluster, no address.
                let left = TemporaryDirectory.names(in: folder).flatMap { name in
                    TemporaryDirectory.names(in: "\(folder)/\(name)")
                }
                for name in [
                    "identity", "identity.new", "postgres", "postgres.new", "endpoints.json",
                ] {
                    #expect(!left.contains(name))
                }
            }
        }
    }

    @Test(arguments: ["--listen", "--sync-listen"])
    func `a port in use is told by its address`(option: String) async throws {
        try await PostgresFixture.withDatabase(migrations: Shore.migrations) { database in
            try await withTakenPort { port in
                try await withTemporaryDirectory { data in
                    let address = "127.0.0.1:\(port)"
                    let runner = try Shore.serve(database, data: data, [option, address])
                    try await withProcess(runner) { process in
                        try await expectOneLine(process, "core-server", says: address)
                        let names = TemporaryDirectory.names(in: data)
                        #expect(!names.contains("endpoints.json"))
                    }
                }
            }
        }
    }

    @Test func `a second server on the same data is refused, and the first goes on`() async throws {
        try await Shore.lend { shore in
            let runner = try Shore.serve(shore.database, data: shore.data)
            try await withProcess(runner) { process in
                try await expectOneLine(process, "core-server", says: "served already")
            }
            #expect(try await shore.call("/readyz").status == 200)
            #expect(TemporaryDirectory.names(in: shore.data).contains("endpoints.json"))
        }
    }

    @Test func `names that are taken, missing or no names at all are told plainly`() async throws {
        try await PostgresFixture.withDatabase(migrations: Shore.migrations) { database in
            try await withTemporaryDirectory { data in
                let common = ["--data", data, "--database", database.url]
                let program = try Products.path("core-server")
                try await withProcess(program, ["tenant", "create", "acme"] + common) { process in
                    let status = try await process.waitForExit()
                    #expect(status.isSuccess)
                    #expect(process.standardOutput == "acme\n")
                    #expect(process.standardError.isEmpty)
                }
                for (arguments, says) in [
                    (["tenant", "create", "acme"], "acme exists already"),
                    (["tenant", "create", "No Name!"], "tenant"),
                    (["tenant", "create", ""], "tenant"),
                    (["tenant", "create", String(repeating: "a", count: 64)], "tenant"),
                    (["ship", "create", "a", "--tenant", "none"], "no tenant named none"),
                    (["ship", "token", "a", "--tenant", "acme"], "no ship named a"),
                    (["ship", "revoke", "a", "--tenant", "acme"], "no ship named a"),
                    (["ship", "create", "a", "--tenant", "acme", "--valid", "31d"], "30 days"),
                    (
                        ["token", "create", "--tenant", "none", "--name", "n"],
                        "no tenant named none"
                    ),
                    (["token", "create", "--tenant", "acme", "--name", ""], "name"),
                ] {
                    try await withProcess(program, arguments + common) { process in
                        try await expectOneLine(process, "core-server", says: says)
                    }
                }
            }
        }
    }

    @Test(arguments: [
        ["core-server"], ["core-server", "serve"], ["core-server", "migrate"],
        ["core-server", "check-config"], ["core-server", "tenant"],
        ["core-server", "tenant", "create"], ["core-server", "ship"],
        ["core-server", "ship", "create"], ["core-server", "ship", "token"],
        ["core-server", "ship", "revoke"], ["core-server", "token"],
        ["core-server", "token", "create"], ["ship-agent"], ["ship-agent", "enrol"],
        ["ship-agent", "run"], ["ship-agent", "status"], ["ship-agent", "check-config"],
        ["ship-agent", "replay"],
    ])
    func `--help teaches and succeeds`(command: [String]) async throws {
        let arguments = Array(command.dropFirst()) + ["--help"]
        try await withProcess(try Products.path(command[0]), arguments) { process in
            let status = try await process.waitForExit()
            #expect(status.isSuccess)
            #expect(process.standardError.isEmpty)
            let text = process.standardOutput
            #expect(
                text.contains("OVERVIEW:")
                    && text.contains("USAGE: \(command.joined(separator: " "))")
            )
            // Every option says what it is for: a line of its own or behind it.
            let lines = text.split(separator: "\n")
            for (index, line) in lines.enumerated() where line.hasPrefix("  --") {
                let words = line.split(separator: " ", omittingEmptySubsequences: true)
                let next = index + 1 < lines.count ? lines[index + 1] : ""
                #expect(words.count > 2 || next.hasPrefix("       "), "\(line)")
            }
        }
    }
}
