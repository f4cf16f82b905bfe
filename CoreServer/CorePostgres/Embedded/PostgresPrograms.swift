import Foundation
import Glibc

/// Where PostgreSQL's own programs are, and of which version.
package struct PostgresPrograms: Sendable, Hashable {
    package let directory: String
    package let majorVersion: Int

    package func path(_ program: String) -> String { "\(directory)/\(program)" }

    /// The oldest that will do: what the schema and the driver are tested with.
    static let oldestVersion = 15

    /// Finds the newest version that is new enough, or exactly the one a cluster was made by.
    package static func find(version: Int? = nil) throws -> PostgresPrograms {
        let usable = candidates().filter { $0.majorVersion >= oldestVersion }
        if let version {
            guard let match = usable.first(where: { $0.majorVersion == version }) else {
                throw EmbeddedClusterError(
                    "The embedded cluster was made by PostgreSQL \(version), which is not "
                        + "installed: apt-get install postgresql-\(version)"
                )
            }
            return match
        }
        guard let newest = usable.max(by: { $0.majorVersion < $1.majorVersion }) else {
            throw EmbeddedClusterError(
                "PostgreSQL \(oldestVersion) or newer was not found: apt-get install postgresql"
            )
        }
        return newest
    }

    private static func candidates() -> [PostgresPrograms] {
        let packaged = children(of: "/usr/lib/postgresql").map { "/usr/lib/postgresql/\($0)/bin" }
        let redHat = children(of: "/usr").filter { $0.hasPrefix("pgsql-") }.map { "/usr/\($0)/bin" }
        let searched = (ProcessInfo.processInfo.environment["PATH"] ?? "")
            .split(separator: ":").map(String.init)
        return (packaged + redHat + searched).compactMap { directory in
            guard
                ["postgres", "initdb", "pg_ctl"].allSatisfy({ program in
                    access("\(directory)/\(program)", X_OK) == 0
                }),
                let version = majorVersion(in: directory)
            else { return nil }
            return PostgresPrograms(directory: directory, majorVersion: version)
        }
    }

    private static func children(of directory: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    }

    /// `postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)`
    private static func majorVersion(in directory: String) -> Int? {
        guard
            let answer = try? ChildProcess.run(["\(directory)/postgres", "--version"]),
            answer.status == 0,
            let match = answer.output.firstMatch(of: /\(PostgreSQL\) ([0-9]+)/)
        else { return nil }
        return Int(match.1)
    }
}
