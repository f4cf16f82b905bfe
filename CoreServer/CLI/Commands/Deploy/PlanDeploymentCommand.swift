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

    @Option(help: "Minutes to wait at most until the deltas are built, so that the bytes are true.")
    var wait: Int?

    func validate() throws {
        guard wait.map({ 1...10_080 ~= $0 }) ?? true else {
            throw ValidationError("--wait is 1 to 10080 minutes.")
        }
        guard wait == nil || !dryRun else {
            throw ValidationError(
                "--wait is for a plan that is kept: for no other deltas are built."
            )
        }
    }

    func run() async throws {
        let plan = try read()
        let answer = try await connection.withClient { client in
            guard let replacing else {
                let made = try await client.ask(
                    .POST,
                    DeployCommand.path,
                    query: Self.query(dryRun),
                    body: plan
                ).json
                return try await Self.refine(made, plan, minutes: wait, client)
            }
            let made = try await Self.put(plan, to: replacing, dryRun: dryRun, client)
            return try await Self.refine(made, plan, minutes: wait, client)
        }
        try PlanText.show(answer, connection.output)
    }

    private static func query(_ isDryRun: Bool) -> [(String, String)] {
        isDryRun ? [("dry_run", "true")] : []
    }

    private static func put(
        _ plan: JSONValue,
        to deployment: Int,
        dryRun: Bool,
        _ client: ShoreClient
    ) async throws -> JSONValue {
        let path = DeployCommand.path(of: deployment)
        let now = try await client.ask(.GET, path)
        return try await client.ask(
            .PUT,
            path,
            query: query(dryRun),
            body: plan,
            version: now.headers.first(name: "etag")
        ).json
    }

    /// Plans anew as soon as nothing in it is an estimate any more, or the time is over.
    private static func refine(
        _ made: JSONValue,
        _ plan: JSONValue,
        minutes: Int?,
        _ client: ShoreClient
    ) async throws -> JSONValue {
        guard let minutes, estimates(made) > 0, case .integer(let number)? = made["id"],
            let deployment = Int(exactly: number)
        else { return made }
        let clock = ContinuousClock()
        let end = clock.now + .seconds(60 * minutes)
        while clock.now < end {
            try await clock.sleep(for: pause)
            let now = try await put(plan, to: deployment, dryRun: true, client)
            guard estimates(now) > 0 else { break }
        }
        return try await put(plan, to: deployment, dryRun: false, client)
    }

    private static let pause = Duration.seconds(10)

    private static func estimates(_ answer: JSONValue) -> Int64 {
        guard case .integer(let count)? = answer["plan"]?["totals"]?["estimates"] else { return 0 }
        return count
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
