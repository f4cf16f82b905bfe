import ArgumentParser
import CoreDomain
import FleetRuntime

/// `core-server audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Check an audit that was exported.",
        subcommands: [Verify.self]
    )

    /// `core-server audit verify`.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether an export is what was once written, without any server.",
            discussion: """
                EXPORT is the answer of GET /api/v1/audit/export. The first entry that was altered, \
                deleted, moved or inserted is named, and the exit code is 1.

                Who can change the database can also cut off its newest entries, and their seals. \
                That shows by what a ship holds: --witness FILE, with what 'ship-agent status --json' \
                prints aboard.
                """
        )

        @Argument(help: "The file to check.")
        var export: String

        @Option(help: "What a ship's status says; may be given several times.")
        var witness: [String] = []

        @Option(
            help:
                "The file audit.pub of the server's authority folder; without it the keys in the export are believed."
        )
        var keys: String?

        func run() async throws {
            let verifier = AuditVerifier(
                testimonies: try witness.map { try AuditWitness.read($0) },
                trusted: try keys.map { try AuditHash.keys(inFile: $0) } ?? []
            )
            do {
                StandardStreams.out(try await verifier.verify(export).text)
            } catch let fault as AuditFault {
                throw CommandError("\(export) is not what was written: \(fault)")
            }
        }
    }
}
