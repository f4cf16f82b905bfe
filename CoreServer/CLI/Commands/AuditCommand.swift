import ArgumentParser
import FleetRuntime
import Foundation
import NIOCore
import NIOHTTP1

/// `hawser audit`.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Who changed what, when and why.",
        subcommands: [List.self, Export.self],
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
}
