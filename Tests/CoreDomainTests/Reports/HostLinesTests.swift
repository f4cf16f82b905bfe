import FleetModel
import Testing

@testable import CoreDomain

struct HostLinesTests {
    private static let start: Int64 = 1_795_254_600_000

    private func moment(_ minute: Int) -> Timestamp {
        Timestamp(milliseconds: Self.start + Int64(minute) * 60_000)
    }

    /// A series with one sample at the end of each minute's step.
    private func history(
        _ name: String,
        _ labels: [String: String] = [:],
        _ values: [Double]
    ) -> SeriesHistory {
        SeriesHistory(
            labels: LabelSet(name: name, labels),
            points: values.enumerated().map { minute, value in
                SeriesPoint(
                    at: moment(minute),
                    rollup: SeriesRollup(value: value, at: moment(minute).milliseconds + 59_000)
                )
            }
        )
    }

    @Test func `the processor's share is what was neither idle nor waiting, over all`() {
        let lines = HostLines([
            history("node_cpu_seconds_total", ["cpu": "0", "mode": "idle"], [0, 30, 90]),
            history("node_cpu_seconds_total", ["cpu": "0", "mode": "iowait"], [0, 15, 15]),
            history("node_cpu_seconds_total", ["cpu": "0", "mode": "user"], [0, 10, 10]),
            history("node_cpu_seconds_total", ["cpu": "0", "mode": "system"], [0, 5, 5]),
        ])
        #expect(lines.processor.points.map(\.at) == [moment(1), moment(2)])
        #expect(lines.processor.points.map(\.value) == [0.25, 0])
    }

    @Test func `a counter that fell was reset, and grew by what it shows`() {
        let lines = HostLines([
            history("node_network_receive_bytes_total", ["device": "eth0"], [6000, 12_000, 1200])
        ])
        #expect(lines.networkReceive.points.map(\.value) == [100, 20])
    }

    @Test func `the first step counts from its own first sample`() {
        let rollup = SeriesRollup(
            count: 3,
            sum: 330,
            min: 100,
            max: 120,
            last: 120,
            lastAt: Self.start + 40_000
        )
        let history = SeriesHistory(
            labels: LabelSet(name: "node_network_transmit_bytes_total", ["device": "eth0"]),
            points: [SeriesPoint(at: moment(0), rollup: rollup)]
        )
        #expect(HostLines([history]).networkTransmit.points.map(\.value) == [0.5])
    }

    @Test func `the network is the sum of all devices but loopback`() {
        let name = "node_network_receive_bytes_total"
        let lines = HostLines([
            history(name, ["device": "eth0"], [0, 600]),
            history(name, ["device": "vsat"], [0, 1200]),
            history(name, ["device": "lo"], [0, 1_000_000]),
        ])
        #expect(lines.networkReceive.points.map(\.value) == [30])
    }

    @Test func `memory is what is not available, where both are known`() {
        let lines = HostLines([
            history("node_memory_MemTotal_bytes", [:], [100, 100, 0]),
            history("node_memory_MemAvailable_bytes", [:], [75, 50]),
        ])
        #expect(lines.memory.points.map(\.value) == [0.25, 0.5])
    }

    @Test func `the disk is the fullest at the end, and none in memory`() {
        let size = "node_filesystem_size_bytes"
        let free = "node_filesystem_avail_bytes"
        let mount = { (mount: String, type: String) in
            ["mountpoint": mount, "device": "/dev\(mount)", "fstype": type]
        }
        let lines = HostLines([
            history(size, mount("/", "ext4"), [100, 100]),
            history(free, mount("/", "ext4"), [5, 60]),
            history(size, mount("/data", "xfs"), [100, 100]),
            history(free, mount("/data", "xfs"), [90, 20]),
            history(size, mount("/run", "tmpfs"), [100, 100]),
            history(free, mount("/run", "tmpfs"), [0, 0]),
        ])
        #expect(lines.disk.mount == "/data")
        #expect(lines.disk.line.latest == 0.8)
    }

    @Test func `a host that says nothing has empty lines`() {
        let lines = HostLines([])
        #expect(lines.processor.points.isEmpty)
        #expect(lines.disk.mount == nil)
        #expect(lines.memory.latest == nil)
    }
}
