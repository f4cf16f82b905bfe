import ArgumentParser
import FleetRuntime
import Glibc
import Logging

/// Options that every subcommand takes.
struct CommonOptions: ParsableArguments {
    @Option(help: "A YAML file with settings; options on the command line win.")
    var config: String?

    @Option(help: "The directory of keys and of the embedded database.")
    var data: String?

    @Option(help: "'embedded', or the postgresql:// URL of your own (or HAWSER_DATABASE).")
    var database: String?

    @Option(help: "trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    @Option(help: "'text' or 'json'.")
    var logFormat: String?

    /// - Parameter quiet: for commands whose output is for people: only warnings are logged.
    func load(quiet: Bool) throws -> CoreServerConfiguration {
        var configuration = CoreServerConfiguration()
        if quiet { configuration.logLevel = .warning }
        if let config {
            configuration = try CoreServerConfiguration(file: config)
            if quiet { configuration.logLevel = max(configuration.logLevel, .warning) }
        }
        if let data { configuration.data = data }
        let environment = getenv("HAWSER_DATABASE").map { String(cString: $0) }
        if let text = database ?? (config == nil ? environment : nil) {
            guard let database = CoreServerConfiguration.Database(text) else {
                throw CommandError(
                    "--database is 'embedded' or a URL that begins with postgresql://"
                )
            }
            configuration.database = database
        }
        if let logLevel {
            guard let level = Logger.Level(rawValue: logLevel) else {
                throw CommandError(
                    "--log-level is one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))"
                )
            }
            configuration.logLevel = level
        }
        if let logFormat {
            guard let format = LogFormat(rawValue: logFormat) else {
                throw CommandError("--log-format is 'text' or 'json'")
            }
            configuration.logFormat = format
        }
        LogSetup.bootstrap(level: configuration.logLevel, format: configuration.logFormat)
        return configuration
    }
}
