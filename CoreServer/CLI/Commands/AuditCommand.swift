import ArgumentParser
import CoreAudit
import FleetRuntime
import Foundation
import NIOCore
import NIOHTTP1

/// `hawser audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Who changed what, when and why.",
        subcommands: [List.self, Export.self, Verify.self],
        defaultSubcommand: List.self
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "The newest changes.")

        @OptionGroup var connection: ConnectionOptions

        @Option(help: "How many, at most 1000.")
        var limit = 50

        @Argument(help: "NAME=VALUE: only those; actor, action, target, from, to.")
        var filters: [String] = []

        func run() async throws {
            let filters = try filters.map { word -> (String, String) in
                let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
                guard parts.count == 2 else { throw CommandError("\(word) is not NAME=VALUE") }
                return (parts[0], parts[1])
            }
            let page = try await connection.withClient {
                try await $0.ask(.GET, "audit", query: [("limit", "\(limit)")] + filters).json
            }
            guard connection.output == .table else {
                return StandardStreams.out(page.prettyText)
            }
            let columns = ["sequence", "at", "actor", "action", "target", "reason"]
            let rows = (page["items"]?.items ?? []).map { item in
                columns.map { item[$0]?.cell ?? "–" }
            }
            StandardStreams.out(TextTable(headings: columns, rows: rows).text)
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The whole audit into a file, as it can be verified without the shore."
        )

        @OptionGroup var connection: ConnectionOptions

        @Argument(help: "The file to write; it must not be there.")
        var file: String

        func run() async throws {
            guard !FileManager.default.fileExists(atPath: file) else {
                throw CommandError("\(file) is there already")
            }
            let partial = file + ".partial"
            guard FileManager.default.createFile(atPath: partial, contents: nil),
                let handle = FileHandle(forWritingAtPath: partial)
            else { throw CommandError("\(partial) can't be written") }
            do {
                try await connection.withClient { client in
                    try await client.stream("audit/export") { piece in
                        try handle.write(contentsOf: Data(piece.readableBytesView))
                    }
                }
                try handle.close()
                try FileManager.default.moveItem(atPath: partial, toPath: file)
            } catch {
                try? FileManager.default.removeItem(atPath: partial)
                throw error
            }
            StandardStreams.out("written: \(file)")
        }
    }

    /// `hawser audit verify`.
    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say whether an export is what was once written, without any server.",
            discussion: """
                EXPORT is what 'hawser audit export' wrote. The first entry that was altered, \
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
                "The file sign.pub of the server's authority folder; without it the keys in the export are believed."
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
