import FleetRuntime
import Glibc

/// What the kernel says about another process.
enum TestProcess {
    static func isZombie(_ processID: pid_t) -> Bool {
        guard let stat = try? AtomicFile.readText("/proc/\(processID)/stat", limit: 4096),
            let afterName = stat.lastIndex(of: ")")
        else { return true }
        return stat[afterName...].dropFirst(2).first == "Z"
    }
}
