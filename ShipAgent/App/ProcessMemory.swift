import FleetRuntime
import FoundationEssentials
import Glibc

/// How the agent keeps its resident memory small, beyond what it holds itself.
enum ProcessMemory {
    /// Parameters of `mallopt`, which Glibc's module does not import.
    private static let mapThreshold: Int32 = -3
    private static let arenas: Int32 = -8

    /// Before anything else is done: one arena for all threads, since each further one keeps its own
    /// free memory, and large blocks go back to the system when they are freed.
    static func keepTogether() {
        typealias Setting = @convention(c) (Int32, Int32) -> Int32
        // Where the C library is another one, its own settings do.
        guard let symbol = dlsym(nil, "mallopt") else { return }
        let set = unsafeBitCast(symbol, to: Setting.self)
        _ = set(arenas, 1)
        _ = set(mapThreshold, 1024 * 1024)
    }

    /// Gives up the pages of code that the start has read and that run no more, two thirds of an
    /// idle agent's memory. What is needed again comes back from the file when it is.
    ///
    /// Only mappings of files that can be run and can't be written: nothing in them can differ from
    /// the file.
    static func forgetStart() {
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else {
            return
        }
        for line in maps.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 5)
            guard parts.count == 6, parts[1] == "r-xp", parts[5].contains("/") else { continue }
            let ends = parts[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[0] < ends[1] else { continue }
            madvise(
                UnsafeMutableRawPointer(bitPattern: ends[0]),
                Int(ends[1] - ends[0]),
                MADV_DONTNEED
            )
        }
    }
}
