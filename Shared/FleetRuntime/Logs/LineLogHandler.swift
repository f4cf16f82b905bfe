import FleetModel
import Logging

/// Writes each log record as one line, to standard error unless told otherwise.
///
/// What becomes of the line after that (rotation, shipping, retention) is the service manager's
/// business; a process that does not own its log file can't fill a disk with it.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let clock: WallClock
    private let write: @Sendable (String) -> Void

    /// - Parameters:
    ///   - label: the logger's label.
    ///   - level: records below it are not written.
    ///   - format: text for people or JSON for collectors.
    ///   - clock: where the record's time comes from.
    ///   - write: takes one line without its newline; must be safe to call from any thread.
    package init(
        label: String,
        level: Logger.Level = .info,
        format: LogFormat = .text,
        clock: WallClock = .system,
        write: @escaping @Sendable (String) -> Void = StandardError.writeLine
    ) {
        self.label = label
        self.logLevel = level
        self.format = format
        self.clock = clock
        self.write = write
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        // The nearer to the call, the stronger: handler, then provider, then the call itself.
        var merged = metadata
        if let provided = metadataProvider?.get() {
            merged.merge(provided) { $1 }
        }
        if let given = event.metadata {
            merged.merge(given) { $1 }
        }
        if let error = event.error {
            merged[LogKey.error] = .string(CommandLineFailure.describe(error))
        }
        let record = LogLine(
            time: clock.now(),
            level: event.level,
            label: label,
            message: event.message.description,
            metadata: merged
        )
        write(record.line(format))
    }
}
