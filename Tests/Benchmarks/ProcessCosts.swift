import Foundation

/// What the kernel says that processes cost.
enum ProcessCosts {
    private struct Process {
        let parent: Int32
        let ticks: Double
    }

    /// User and system time of a process and all that came from it, those that have ended included.
    static func processorSeconds(ofTree root: Int32) -> Double {
        tree(of: root).values.reduce(0) { $0 + $1.ticks } / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    /// Resident memory of a process and all that came from it, in MiB; pages that several of them share
    /// count once.
    static func residentMegabytes(ofTree root: Int32) -> Double {
        tree(of: root).keys.reduce(0) { sum, number in
            let path = "/proc/\(number)/smaps_rollup"
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            let line = text.split(separator: "\n").first { $0.hasPrefix("Pss:") }
            let size = line?.split(separator: " ").dropFirst().first.flatMap { Double($0) }
            return sum + (size ?? 0) / 1024
        }
    }

    private static func tree(of root: Int32) -> [Int32: Process] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var all: [Int32: Process] = [:]
        for name in names {
            if let number = Int32(name), let process = read(number) { all[number] = process }
        }
        return all.filter { number, _ in
            var ancestor: Int32? = number
            // A chain of parents is shorter than the list of processes.
            for _ in 0..<all.count {
                guard let known = ancestor, known != root else { break }
                ancestor = all[known]?.parent
            }
            return ancestor == root
        }
    }

    private static func read(_ number: Int32) -> Process? {
        let path = "/proc/\(number)/stat"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8),
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 14, let parent = Int32(fields[1]) else { return nil }
        // User and system, of itself and of children that were waited for.
        let ticks = fields[11...14].compactMap { Double($0) }.reduce(0, +)
        return Process(parent: parent, ticks: ticks)
    }
}
