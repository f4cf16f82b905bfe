import FleetRuntime
import Testing

@Suite struct MetricsRegistryTests {
    @Test func `the exposition is sorted by name and label values`() {
        let registry = MetricsRegistry()
        let frames = registry.counter(
            "hawser_frames_total",
            help: "Frames sent.",
            labels: ["lane", "result"]
        )
        registry.gauge("hawser_backlog_bytes", help: "Bytes queued.").set(12.5)

        frames.increment("metrics", "sent")
        frames.increment(by: 3, "events", "sent")

        #expect(
            registry.exposition() == """
                # HELP hawser_backlog_bytes Bytes queued.
                # TYPE hawser_backlog_bytes gauge
                hawser_backlog_bytes 12.5
                # HELP hawser_frames_total Frames sent.
                # TYPE hawser_frames_total counter
                hawser_frames_total{lane="events",result="sent"} 3
                hawser_frames_total{lane="metrics",result="sent"} 1

                """
        )
    }

    @Test func `label values and help texts are escaped`() {
        let registry = MetricsRegistry()
        let counter = registry.counter("a_total", help: "One\\two\n\"three\"", labels: ["path"])

        counter.increment("C:\\ \"x\"\ny")

        #expect(
            registry.exposition() == #"""
                # HELP a_total One\\two\n"three"
                # TYPE a_total counter
                a_total{path="C:\\ \"x\"\ny"} 1

                """#
        )
    }

    @Test func `a counter without labels is there before its first event`() {
        let registry = MetricsRegistry()

        _ = registry.counter("lost_total", help: "Bytes lost.")

        #expect(registry.exposition().contains("\nlost_total 0\n"))
    }

    @Test func `a histogram's buckets are cumulative and end with everything`() {
        let registry = MetricsRegistry()
        let histogram = registry.histogram("wait_seconds", help: "Wait.", buckets: [0.1, 1])

        for value in [0.05, 0.1, 0.5, 7] { histogram.observe(value) }

        let lines = registry.exposition().split(separator: "\n").dropFirst(2)
        #expect(
            lines == [
                #"wait_seconds_bucket{le="0.1"} 2"#,
                #"wait_seconds_bucket{le="1"} 3"#,
                #"wait_seconds_bucket{le="+Inf"} 4"#,
                "wait_seconds_sum 7.65",
                "wait_seconds_count 4",
            ]
        )
    }

    @Test func `series beyond the limit are counted together`() {
        let registry = MetricsRegistry(seriesLimit: 2)
        let counter = registry.counter("seen_total", help: "Seen.", labels: ["path"])
        let histogram = registry.histogram("h", help: "H.", labels: ["path"], buckets: [1])

        for path in ["a", "b", "c", "d", "a"] {
            counter.increment(path)
            histogram.observe(0, path)
        }

        #expect(counter.value("a") == 2)
        #expect(counter.value("overflow") == 2)
        #expect(registry.exposition().contains(#"h_count{path="overflow"} 2"#))
        #expect(!registry.exposition().contains(#""c""#))
    }

    @Test func `the same declaration twice is the same metric`() {
        let registry = MetricsRegistry()

        registry.counter("a_total", help: "A.").increment()
        registry.counter("a_total", help: "A.").increment()

        #expect(registry.counter("a_total", help: "A.").value() == 2)
    }

    @Test func `no increment is lost between threads`() async {
        let registry = MetricsRegistry()
        let counter = registry.counter("a_total", help: "A.", labels: ["lane"])
        let histogram = registry.histogram("h", help: "H.", buckets: [1])

        await withTaskGroup { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1000 {
                        counter.increment("events")
                        histogram.observe(0.5)
                    }
                }
            }
        }

        #expect(counter.value("events") == 8000)
        #expect(registry.exposition().contains("\nh_count 8000\n"))
    }

    @Test func `a gauge forgets what is gone`() {
        let registry = MetricsRegistry()
        let gauge = registry.gauge("open", help: "Open.", labels: ["ship"])
        gauge.set(1, "a")
        gauge.add(2, "b")

        gauge.remove("a")

        #expect(gauge.value("b") == 2)
        #expect(!registry.exposition().contains(#"ship="a""#))
    }

    @Test(arguments: [
        (0.0, "0"), (-0.5, "-0.5"), (1e15, "1000000000000000"), (1e300, "1e+300"),
        (Double.infinity, "+Inf"), (-Double.infinity, "-Inf"), (Double.nan, "NaN"),
    ])
    func `numbers are written as Prometheus reads them`(value: Double, text: String) {
        let registry = MetricsRegistry()
        registry.gauge("g", help: "G.").set(value)

        #expect(registry.exposition().hasSuffix("\ng \(text)\n"))
    }

    @Test func `a metric that is read is current at each exposition`() {
        let registry = MetricsRegistry()
        let gauge = registry.gauge("g", help: "G.")
        registry.beforeExposition { gauge.add(1) }

        _ = registry.exposition()

        #expect(registry.exposition().hasSuffix("\ng 2\n"))
    }
}
