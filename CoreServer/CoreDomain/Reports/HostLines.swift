import FleetModel

/// Works out processor, memory, disk and network of a host from node_exporter's series.
struct HostLines {
    static let names = [
        "node_cpu_seconds_total", "node_memory_MemTotal_bytes", "node_memory_MemAvailable_bytes",
        "node_filesystem_size_bytes", "node_filesystem_avail_bytes",
        "node_network_receive_bytes_total", "node_network_transmit_bytes_total",
    ]

    private let histories: [String: [SeriesHistory]]

    init(_ histories: [SeriesHistory]) {
        self.histories = Dictionary(grouping: histories) { $0.labels.name }
    }

    /// 1 − (idle + waiting for the disk) ÷ all, over all processors.
    var processor: ShipReport.Line {
        var busy: [Timestamp: Double] = [:]
        var all: [Timestamp: Double] = [:]
        for history in histories["node_cpu_seconds_total"] ?? [] {
            let isIdle = ["idle", "iowait"].contains(history.labels["mode"] ?? "")
            for (at, increase, _) in Self.increases(history) {
                all[at, default: 0] += increase
                if !isIdle { busy[at, default: 0] += increase }
            }
        }
        return Self.line(all.compactMapValues { $0 > 0 ? $0 : nil }) { at, total in
            (busy[at] ?? 0) / total
        }
    }

    /// 1 − available ÷ total.
    var memory: ShipReport.Line {
        let total = Self.means(histories["node_memory_MemTotal_bytes"]?.first)
        let available = Self.means(histories["node_memory_MemAvailable_bytes"]?.first)
        return Self.line(total.filter { $0.value > 0 }) { at, total in
            available[at].map { 1 - $0 / total }
        }
    }

    /// The file system with the largest used share at the end; those in memory do not count.
    var disk: (line: ShipReport.Line, mount: String?) {
        let inMemory: Set<String> = ["tmpfs", "ramfs", "devtmpfs", "squashfs", "iso9660"]
        let sizes = histories["node_filesystem_size_bytes"] ?? []
        let free = histories["node_filesystem_avail_bytes"] ?? []
        var best: (line: ShipReport.Line, mount: String?) = (ShipReport.Line(points: []), nil)
        for size in sizes where !inMemory.contains(size.labels["fstype"] ?? "") {
            let mount = size.labels["mountpoint"]
            let device = size.labels["device"]
            let other = free.first {
                $0.labels["mountpoint"] == mount && $0.labels["device"] == device
                    && $0.labels["instance"] == size.labels["instance"]
            }
            let available = Self.means(other)
            let line = Self.line(Self.means(size).filter { $0.value > 0 }) { at, total in
                available[at].map { 1 - $0 / total }
            }
            if line.latest ?? -1 > best.line.latest ?? -1 { best = (line, mount) }
        }
        return best
    }

    var networkReceive: ShipReport.Line { rate("node_network_receive_bytes_total") }

    var networkTransmit: ShipReport.Line { rate("node_network_transmit_bytes_total") }

    private func rate(_ name: String) -> ShipReport.Line {
        var bytes: [Timestamp: Double] = [:]
        var seconds: [Timestamp: Double] = [:]
        for history in histories[name] ?? [] where history.labels["device"] != "lo" {
            for (at, increase, length) in Self.increases(history) {
                bytes[at, default: 0] += increase
                seconds[at] = max(seconds[at] ?? 0, length)
            }
        }
        return Self.line(bytes) { at, sum in
            seconds[at].flatMap { $0 > 0 ? sum / $0 : nil }
        }
    }

    /// What a counter grew by between the ends of neighbouring steps, and over how many seconds. A
    /// counter that fell was reset: what it shows then, it grew since.
    private static func increases(
        _ history: SeriesHistory
    ) -> [(at: Timestamp, increase: Double, seconds: Double)] {
        var increases: [(at: Timestamp, increase: Double, seconds: Double)] = []
        if let first = history.points.first, first.rollup.count > 1 {
            // Nothing came before: the first step counts from its own lowest value, which a counter
            // has at its first sample.
            let seconds = Double(first.rollup.lastAt - first.at.milliseconds) / 1000
            increases.append((first.at, first.rollup.last - first.rollup.min, seconds))
        }
        for (before, after) in zip(history.points, history.points.dropFirst()) {
            let difference = after.rollup.last - before.rollup.last
            let seconds = Double(after.rollup.lastAt - before.rollup.lastAt) / 1000
            increases.append((after.at, difference < 0 ? after.rollup.last : difference, seconds))
        }
        return increases
    }

    private static func means(_ history: SeriesHistory?) -> [Timestamp: Double] {
        Dictionary(
            (history?.points ?? []).map { ($0.at, $0.rollup.mean) },
            uniquingKeysWith: { $1 }
        )
    }

    private static func line(
        _ values: [Timestamp: Double],
        _ transform: (Timestamp, Double) -> Double?
    ) -> ShipReport.Line {
        ShipReport.Line(
            points: values.sorted { $0.key < $1.key }.compactMap { at, value in
                transform(at, value).flatMap { $0.isFinite ? (at, $0) : nil }
            }
        )
    }
}
