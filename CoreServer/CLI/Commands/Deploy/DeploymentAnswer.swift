import FleetRuntime
import NIOHTTP1

/// Does something with a deployment, and tells how it stands then.
enum DeploymentAnswer {
    static func show(
        _ deployment: Int,
        _ verb: String,
        _ members: [String: JSONValue],
        _ connection: ConnectionOptions
    ) async throws {
        let answer = try await connection.withClient {
            try await $0.ask(
                .POST,
                "\(DeployCommand.path(of: deployment))/\(verb)",
                body: .object(members)
            ).json
        }
        guard connection.output == .table else { return StandardStreams.out(answer.prettyText) }
        var line = "\(answer["name"]?.cell ?? "–") is \(answer["state"]?.cell ?? "–")"
        if let reason = answer["reason"]?.string, !reason.isEmpty { line += ": \(reason)" }
        StandardStreams.out(line)
    }
}
