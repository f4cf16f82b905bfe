import ArgumentParser
import FleetRuntime
import Glibc
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// `core-server serve`.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve ships and people until SIGTERM.",
        discussion: "The addresses it listens on are in DATA/endpoints.json while it runs."
    )

    @OptionGroup var common: CommonOptions

    @Option(help: "HOST:PORT of the HTTPS API; port 0 draws a free one.")
    var listen: ListenAddress?

    @Option(help: "HOST:PORT where ships sync; port 0 draws a free one.")
    var syncListen: ListenAddress?

    @Option(help: "A name or address in the server's certificate; may be given several times.")
    var publicHost: [String] = []

    func run() async throws {
        var configuration = try common.load(quiet: false)
        if let listen { configuration.listen = listen }
        if let syncListen { configuration.syncListen = syncListen }
        configuration.publicHosts += publicHost
        let logger = Logger(label: "core-server")
        try DataDirectory.create(configuration.data)
        let lock: FileLock
        do {
            lock = try FileLock(path: configuration.data + "/serve.lock")
        } catch let held as FileLock.Held {
            throw CommandError("\(configuration.data) is served already: \(held)")
        }
        defer { lock.release() }
        // A server that was killed could not take it down.
        unlink(configuration.data + "/endpoints.json")
        // Some are the ships', the database's and the logs': the API alone must not use up all.
        let files = OpenFiles.raiseLimit()
        configuration.apiConnections = min(configuration.apiConnections, max(16, files * 3 / 4))
        try ListenCheck.check(configuration.listen)
        try ListenCheck.check(configuration.syncListen)
        let database = try await DatabaseAccess.open(configuration, for: .serving, logger: logger)
        let endpoints = Endpoints(configuration, logger: logger)
        do {
            let services = try CoreServices(
                database,
                data: configuration.data,
                quota: configuration.quota,
                identity: configuration.identity,
                clock: .system
            )
            .services(configuration, endpoints: endpoints, logger: logger)
            let group = ServiceGroup(
                configuration: .init(
                    services: services.map { .named($0) },
                    gracefulShutdownSignals: [.sigterm, .sigint],
                    logger: logger
                )
            )
            try await group.run()
        } catch {
            endpoints.withdraw()
            await database.close()
            throw Self.explained(error, configuration)
        }
        endpoints.withdraw()
        await database.close()
    }

    /// The one failure that NIO words for programmers only.
    private static func explained(
        _ error: any Error,
        _ configuration: CoreServerConfiguration
    ) -> any Error {
        guard let error = error as? IOError else { return error }
        return CommandError(
            "can't listen on \(configuration.listen) or \(configuration.syncListen): \(error)"
        )
    }
}
