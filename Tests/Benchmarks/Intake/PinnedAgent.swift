import FleetRuntime
import FleetTestSupport
import Foundation
import Glibc

/// A `ship-agent run` on one processor core, with its costs as the kernel counts them.
struct PinnedAgent {
    private static let taskset = "/usr/bin/taskset"

    let process: RunningProcess

    static func start(configuration: String) throws -> PinnedAgent {
        let agent = try Products.path("ship-agent")
        return PinnedAgent(
            process: try ProcessRunner(
                taskset,
                ["--cpu-list", "0", agent, "run", "--config", configuration]
            ).start()
        )
    }

    /// User and system time. Stays readable after the end, until the process is reaped.
    var processorSeconds: Double {
        let path = "/proc/\(process.processID)/stat"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return 0 }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// The kernel's figures of resident memory: now (`VmRSS`), or the highest (`VmHWM`).
    func megabytes(_ name: String) -> Double {
        let path = "/proc/\(process.processID)/status"
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("\(name):") } ?? ""
        return (Double(line.filter(\.isNumber)) ?? 0) / 1024
    }

    /// SIGTERM, by which it seals what is in the window.
    ///
    /// - Returns: the highest memory seen meanwhile.
    func stop() async throws -> Double {
        var peak = megabytes("VmHWM")
        process.send(SIGTERM)
        while process.isRunning {
            peak = max(peak, megabytes("VmHWM"))
            try await Task.sleep(for: .milliseconds(20))
        }
        guard process.exitStatus == .exited(0) else {
            throw CommandError("ship-agent did not end in order: \(process.standardError)")
        }
        return peak
    }
}
