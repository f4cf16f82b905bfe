import Logging

/// Connects swift-log to our one-line format. Called once, by a process's `main`.
package enum LogSetup {
    /// Makes every `Logger` created from now on write lines to standard error.
    ///
    /// swift-log allows this once per process, so tests pass loggers of their own instead.
    package static func bootstrap(level: Logger.Level = .info, format: LogFormat = .text) {
        LoggingSystem.bootstrap { label in
            LineLogHandler(label: label, level: level, format: format)
        }
    }
}
