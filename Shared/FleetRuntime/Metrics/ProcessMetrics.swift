import Glibc

/// What the kernel knows about this process, under the names every Prometheus client uses.
package struct ProcessMetrics: Sendable {
    /// Resident memory in bytes.
    package let residentBytes: Double
    /// User and system CPU time in seconds since the start.
    package let processorSeconds: Double
    /// Open file descriptors, the one used to count them left out.
    package let openFiles: Double
    /// The limit of open file descriptors.
    package let openFilesLimit: Double
    /// The start of the process in seconds since 1970.
    package let startSeconds: Double

    /// Reads `/proc/self`; `nil` where there is none.
    package static func current() -> ProcessMetrics? {
        guard let stat = try? AtomicFile.readText("/proc/self/stat", limit: 4096),
            // The second field is the program's name in parentheses and may contain anything.
            let afterName = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: afterName)...].split(separator: " ")
        // Numbered from the third field of proc(5): utime 14, stime 15, starttime 22, rss 24.
        guard fields.count > 21, let user = Double(fields[11]), let system = Double(fields[12]),
            let start = Double(fields[19]), let pages = Double(fields[21])
        else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return ProcessMetrics(
            residentBytes: pages * Double(sysconf(Int32(_SC_PAGESIZE))),
            processorSeconds: (user + system) / ticks,
            openFiles: Double(openFileCount()),
            openFilesLimit: Double(limit.rlim_cur),
            startSeconds: bootSeconds() + start / ticks
        )
    }

    /// Declares the metrics and keeps them current: they are read at each exposition.
    package static func register(in registry: MetricsRegistry) {
        let resident = registry.gauge(
            "process_resident_memory_bytes",
            help: "Resident memory size in bytes."
        )
        let processor = registry.counter(
            "process_cpu_seconds_total",
            help: "User and system CPU time spent in seconds."
        )
        let openFiles = registry.gauge(
            "process_open_fds",
            help: "Number of open file descriptors."
        )
        let openFilesLimit = registry.gauge(
            "process_max_fds",
            help: "Maximum number of open file descriptors."
        )
        let start = registry.gauge(
            "process_start_time_seconds",
            help: "Start time of the process since 1970 in seconds."
        )
        registry.beforeExposition {
            guard let current = current() else { return }
            resident.set(current.residentBytes)
            processor.adopt(total: current.processorSeconds)
            openFiles.set(current.openFiles)
            openFilesLimit.set(current.openFilesLimit)
            start.set(current.startSeconds)
        }
    }

    private static func openFileCount() -> Int {
        guard let folder = opendir("/proc/self/fd") else { return 0 }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the descriptor of the folder itself.
        return max(0, count - 3)
    }

    private static func bootSeconds() -> Double {
        // Machines with many processors have a long `intr` line before `btime`.
        let stat = (try? AtomicFile.readText("/proc/stat", limit: 1 << 20)) ?? ""
        for line in stat.split(separator: "\n") where line.hasPrefix("btime ") {
            return Double(line.dropFirst(6)) ?? 0
        }
        return 0
    }
}
