import ArgumentParser
import FleetDeploy
import FleetModel
import FleetRuntime
import ShipDeploy
import ShipStore

/// `ship-agent deployments`.
struct DeploymentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deployments",
        abstract: "Show what runs in every slot, what is on its way, and what it waits for."
    )

    @Option(help: "The directory of the store.")
    var data = "/var/lib/hawser-ship"

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    func run() async throws {
        let store = try ShipStore(directory: data, create: false)
        let book = try await DeploymentJournal(store: store).read()
        let report = DeploymentStatus(book)
        StandardStreams.out(json ? try report.json() : report.text())
    }
}
