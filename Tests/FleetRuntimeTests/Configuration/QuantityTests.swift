import FleetRuntime
import Testing

@Suite struct QuantityTests {
    @Test(arguments: [
        ("15s", Duration.seconds(15)), ("1m", .seconds(60)), ("500ms", .milliseconds(500)),
        ("2h", .seconds(7200)), ("7d", .seconds(604_800)), ("1h30m", .seconds(5400)),
        ("0s", .zero),
    ])
    func `durations are read`(text: String, duration: Duration) {
        #expect(Quantity.duration(text) == duration)
    }

    @Test(arguments: [
        "", "15", "s", "-1s", "1.5s", "1 s", "1S", "5x", "99999999999999999999s", "1h30", "١s",
    ])
    func `what is not clearly a duration is refused`(text: String) {
        #expect(Quantity.duration(text) == nil)
    }

    @Test(arguments: [
        ("64MiB", 67_108_864), ("10MB", 10_000_000), ("512kB", 512_000), ("4096", 4096),
        ("1TiB", 1_099_511_627_776), ("0", 0), ("3B", 3),
    ])
    func `byte counts are read`(text: String, count: Int) {
        #expect(Quantity.byteCount(text) == count)
    }

    @Test(arguments: ["", "MB", "-1MB", "1.5GB", "1mb", "1 MB", "9999999999TiB", "1MB2"])
    func `what is not clearly a byte count is refused`(text: String) {
        #expect(Quantity.byteCount(text) == nil)
    }

    @Test(arguments: [
        Duration.zero, .milliseconds(1), .milliseconds(1500), .seconds(1), .seconds(90),
        .seconds(3600), .seconds(86_400 * 3),
    ])
    func `a duration's text reads back`(duration: Duration) {
        #expect(Quantity.duration(Quantity.text(duration)) == duration)
    }

    @Test(arguments: [0, 1, 1023, 1024, 1 << 20, 3 << 30, 1_000_000])
    func `a byte count's text reads back`(count: Int) {
        #expect(Quantity.byteCount(Quantity.text(bytes: count)) == count)
    }
}
