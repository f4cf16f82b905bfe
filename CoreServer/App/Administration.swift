import CoreDomain
import FleetModel
import FleetRuntime
import Logging

/// What the commands share that change the database beside a running server.
enum Administration {
    /// Opens the database, lends the services, closes it again whatever happens.
    static func perform<Result: Sendable>(
        _ common: CommonOptions,
        _ body: (CoreServices, Timestamp) async throws -> Result
    ) async throws -> Result {
        let configuration = try common.load(quiet: true)
        let logger = Logger(label: "core-server")
        try DataDirectory.create(configuration.data)
        let database = try await DatabaseAccess.open(configuration, for: .command, logger: logger)
        do {
            let clock = WallClock.system
            let services = try CoreServices(
                database,
                data: configuration.data,
                quota: configuration.quota,
                clock: clock
            )
            let result = try await body(services, clock.now())
            await database.close()
            return result
        } catch {
            await database.close()
            throw error
        }
    }

    static func duration(_ text: String, option: String) throws -> Duration {
        guard let duration = Quantity.duration(text) else {
            throw CommandError("--\(option) is a duration such as 30m, 1h or 30d, not \(text)")
        }
        return duration
    }
}
