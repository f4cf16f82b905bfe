import FleetTestSupport
import Foundation

/// A clock for another process, set from outside while it runs: see `Tests/WrongClock`.
struct WrongClock {
    private let file: String

    /// - Parameter folder: where the file that says the time is kept.
    init(in folder: String, aheadBy seconds: Int64) throws {
        file = "\(folder)/clock"
        try Data(count: 8).write(to: URL(filePath: file))
        try set(aheadBy: seconds)
    }

    /// How far the clock is ahead of this machine's from now on.
    func set(aheadBy seconds: Int64) throws {
        let handle = try FileHandle(forUpdating: URL(filePath: file))
        // In place, since the process has it mapped.
        try withUnsafeBytes(of: seconds * 1_000_000_000) { try handle.write(contentsOf: $0) }
        try handle.close()
    }

    /// What a process that shall see it has in its environment.
    func environment() throws -> [String: String] {
        [
            "LD_PRELOAD": try Products.path("libhawser-wrong-clock.so"),
            "HAWSER_WRONG_CLOCK": file,
        ]
    }
}
