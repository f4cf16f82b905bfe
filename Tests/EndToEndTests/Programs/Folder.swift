import FleetTestSupport
import Foundation
import Glibc

/// Folders as backups make and restore them.
enum Folder {
    /// A copy with owners and modes.
    static func copy(_ source: String, to target: String) async throws {
        try await run("cp", "--archive", source, target)
    }

    static func remove(_ path: String) async throws {
        try await run("rm", "-rf", path)
    }

    private static func run(_ command: String, _ arguments: String...) async throws {
        try await withProcess("/usr/bin/env", [command] + arguments) { process in
            let status = try await process.waitForExit(timeout: .seconds(240))
            guard status == .exited(0) else {
                throw EndToEndError("\(command) \(arguments): \(process.standardError)")
            }
        }
    }
}
