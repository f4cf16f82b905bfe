import FleetDeploy
import FleetRuntime
import Glibc

extension SlotConfiguration {
    /// Tells the consumer that a link names another tree. Telling it twice does no harm.
    ///
    /// A consumer that does not run reads the link when it starts: that is no failure of the version, which
    /// its probes judge.
    ///
    /// - Returns: what is worth knowing; empty if all went well.
    /// - Throws: `DeployError` `consumer` if its command failed.
    func tell(_ link: SlotTask.Link, tree: TreeDigest?, folder: String) async throws -> String {
        switch consumer {
        case .none: return ""
        case .signal(let signal, let pidFile):
            let text = try? AtomicFile.readText(pidFile, limit: 64)
            guard
                let process = text?.split(whereSeparator: \.isWhitespace).first
                    .flatMap({ pid_t(String($0)) }), process > 1
            else { return "its consumer has no process in \(pidFile)" }
            return kill(process, signal) == 0
                ? "" : "its consumer, process \(process), could not be told"
        case .command(let command):
            let end: ChildCommand.End
            do {
                end = try await ChildCommand.run(
                    command,
                    environment: environment(link, tree, folder),
                    timeout: timeout
                )
            } catch let error as FileError {
                throw DeployError(.consumer, "\(error)")
            }
            guard end.isFine else {
                throw DeployError(.consumer, "\(command[0]): \(end.description)")
            }
            return ""
        }
    }

    func environment(
        _ link: SlotTask.Link,
        _ tree: TreeDigest?,
        _ folder: String
    ) -> [String: String] {
        [
            "HAWSER_SLOT": name.rawValue,
            "HAWSER_LINK": "\(folder)/\(link.rawValue)",
            "HAWSER_DIGEST": tree?.description ?? "",
        ]
    }
}
