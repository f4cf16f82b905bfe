import ArgumentParser
import FleetRuntime
import Foundation
import NIOHTTP1

/// `hawser deploy plan`.
struct PlanDeploymentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Freeze a plan, or only see what it comes to."
    )

    /// More than the API takes.
    private static let fileLimit = 4 * 1024 * 1024

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The plan in YAML or JSON; - for standard input.")
    var file: String

    @Flag(help: "Nothing is kept: only see what it would come to.")
    var dryRun = false

    @Option(help: "The number of a deployment that gets this plan instead of its own.")
    var replacing: Int?

    func run() async throws {
        let plan = try read()
        let query = dryRun ? [("dry_run", "true")] : []
        let answer = try await connection.withClient { client in
            guard let replacing else {
                return try await client.ask(.POST, DeployCommand.path, query: query, body: plan)
                    .json
            }
            let path = DeployCommand.path(of: replacing)
            let now = try await client.ask(.GET, path)
            return try await client.ask(
                .PUT,
                path,
                query: query,
                body: plan,
                version: now.headers.first(name: "etag")
            ).json
        }
        try PlanText.show(answer, connection.output)
    }

    private func read() throws -> JSONValue {
        let path = file == "-" ? "/dev/stdin" : NSString(string: file).expandingTildeInPath
        guard let handle = FileHandle(forReadingAtPath: path),
            let data = try? handle.read(upToCount: Self.fileLimit + 1)
        else { throw CommandError("\(file) can't be read: it should hold a plan") }
        guard data.count <= Self.fileLimit else {
            throw CommandError("\(file) is larger than \(Self.fileLimit) bytes")
        }
        do {
            return try YAMLReader.read(Array(data))
        } catch {
            throw CommandError("\(file): \(error)")
        }
    }
}
