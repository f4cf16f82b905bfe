import FleetModel
import FleetRuntime
import Logging
import Synchronization

/// Log lines kept in memory.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    /// A logger that writes here, at a time that stands still.
    func logger(_ label: String) -> Logger {
        Logger(label: label) { label in
            LineLogHandler(label: label, clock: .fixed(Timestamp(milliseconds: 0))) { line in
                self.lines.withLock { $0.append(line) }
            }
        }
    }
}
