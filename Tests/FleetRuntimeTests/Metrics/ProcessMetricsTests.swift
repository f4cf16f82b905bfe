import FleetModel
import FleetRuntime
import Testing

@Suite struct ProcessMetricsTests {
    @Test func `the process knows its memory, its files and its start`() throws {
        let metrics = try #require(ProcessMetrics.current())

        let now = Double(WallClock.system.now().milliseconds) / 1000
        #expect(metrics.residentBytes > 1_000_000)
        #expect(metrics.openFiles >= 3)
        #expect(metrics.openFilesLimit >= metrics.openFiles)
        #expect(metrics.processorSeconds >= 0)
        // The boot time is known to the second only.
        #expect((now - 86_400...now + 2).contains(metrics.startSeconds))
    }

    @Test func `the metrics have the names every dashboard knows`() {
        let registry = MetricsRegistry()
        ProcessMetrics.register(in: registry)

        let text = registry.exposition()

        for name in [
            "process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds",
            "process_start_time_seconds",
        ] {
            #expect(text.contains("\n\(name) "))
        }
    }
}
