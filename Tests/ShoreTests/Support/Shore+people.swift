import CoreDomain
import FleetTestSupport
import Foundation
import Testing

extension Shore {
    /// Somebody with a password, as an administrator enters them at the command line.
    func enterPerson(
        _ name: String,
        of tenant: Tenant,
        role: Role,
        password: String
    ) async throws {
        for (words, input) in [
            (["user", "create", name, "--role", role.rawValue], ""),
            (["user", "password", name], password + "\n"),
        ] {
            try await withTemporaryDirectory { folder in
                // The password comes from a file as standard input: never as an argument.
                let file = folder + "/input"
                try input.write(toFile: file, atomically: true, encoding: .utf8)
                let program = try Products.path("core-server")
                let command =
                    ([program] + words
                    + [
                        "--tenant", tenant.name, "--data", data, "--database",
                        database.url,
                    ]).map { "'\($0)'" }.joined(separator: " ")
                let runner = ProcessRunner("/bin/sh", ["-c", "\(command) < '\(file)'"])
                try await withProcess(runner) { process in
                    let status = try await process.waitForExit()
                    #expect(status == .exited(0), "\(process.standardError)")
                }
            }
        }
    }
}
