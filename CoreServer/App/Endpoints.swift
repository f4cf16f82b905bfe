import FleetRuntime
import Glibc
import Logging
import Synchronization

/// Where the server listens, once it does; written to `<data>/endpoints.json` for scripts.
final class Endpoints: Sendable {
    private struct State {
        var api: Int?
        var sync: Int?
    }

    private let configuration: CoreServerConfiguration
    private let logger: Logger
    private let state = Mutex(State())

    init(_ configuration: CoreServerConfiguration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    private var path: String { configuration.data + "/endpoints.json" }

    var syncPort: Int { state.withLock { $0.sync } ?? configuration.syncListen.port }

    func apiListens(on port: Int) {
        state.withLock { $0.api = port }
        announce()
    }

    func syncListens(on port: Int) {
        state.withLock { $0.sync = port }
        announce()
    }

    private func announce() {
        let (api, sync) = state.withLock { ($0.api, $0.sync) }
        guard let api, let sync else { return }
        var address = configuration.listen
        address.port = api
        var syncAddress = configuration.syncListen
        syncAddress.port = sync
        let json = """
            {"api":"https://\(address)","sync":"\(syncAddress)","pid":\(getpid())}

            """
        do {
            try AtomicFile.write(Array(json.utf8), to: path, mode: 0o644)
        } catch {
            logger.warning("\(path) was not written: \(error)")
        }
        logger.notice("serving: API at https://\(address), ships at \(syncAddress)")
    }

    /// The server no longer listens.
    func withdraw() {
        unlink(path)
    }
}
