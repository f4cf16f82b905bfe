import ArgumentParser
import FleetIdentity
import FleetModel
import FleetRuntime
import FoundationEssentials
import Logging
import ShipDomain
import ShipLink
import ShipStore

/// `ship-agent status`.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the link, the queues and the ledger."
    )

    @Option(help: "The directory of the store.")
    var data = "/var/lib/hawser-ship"

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    func run() async throws {
        LogSetup.bootstrap(level: .warning, format: .text)
        let credentials = try ShipCredentials.load(from: data)
        let store = try ShipStore(directory: data, create: false)
        let lanes = try await store.status()
        let report = AgentStatus(
            ship: credentials.identity.uri,
            epoch: "\(store.epoch)",
            running: Self.holder(of: data + "/run.lock"),
            link: .init(
                state: try await store.fact(LinkStatus.stateKey) ?? "never connected",
                since: try await store.fact(LinkStatus.sinceKey),
                last_sync: try await store.fact(LinkStatus.lastSyncKey),
                last_error: try await store.fact(LinkStatus.lastErrorKey),
                account: try await store.fact(LinkDesk.accountKey),
                sent_payload_bytes: try await store.fact(LinkStatus.sentPayloadKey)
                    .flatMap(UInt64.init) ?? 0
            ),
            certificate_end: "\(credentials.certificate.notAfter)",
            position: AgentStatus.Position(try await store.fact(PositionKeeper.factKey)),
            turned_away: (try await store.fact(IntakeAccount.factKey) ?? "")
                .split(separator: "\n").map(String.init),
            lanes: AgentStatus.Lane.all(of: lanes),
            witness: AgentStatus.Witness(try await store.fact(SealKeeper.factKey))
        )
        StandardStreams.out(json ? try report.json() : report.text())
    }

    /// The process that holds the lock now; the file names whoever held it last.
    private static func holder(of path: String) -> Int? {
        guard let holder = FileLock.holder(path) else { return nil }
        do {
            try FileLock(path: path, mode: .shared).release()
            return nil
        } catch {
            return Int(holder)
        }
    }
}
