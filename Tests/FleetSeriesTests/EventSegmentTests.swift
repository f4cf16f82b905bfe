import FleetModel
import FleetSeries
import Testing

struct EventSegmentTests {
    private func event(_ at: Int64, _ message: String, kind: String = "target_down") -> FleetEvent {
        FleetEvent(
            at: Timestamp(milliseconds: at),
            severity: .warning,
            kind: kind,
            message: message
        )
    }

    private func code(_ events: [FleetEvent]) -> SegmentError.Code? {
        failure { () throws(SegmentError) in _ = try EventSegment.encode(events) }
    }

    @Test func `events come back in their order`() throws {
        let events = [
            event(5000, "node: connection refused"),
            event(.min, ""),
            FleetEvent(
                at: Timestamp(milliseconds: .max),
                severity: .critical,
                kind: "disk_full",
                message: "98 % \u{1F6A2}\n"
            ),
            event(5000, "node: connection refused", kind: ""),
        ]
        let sealed = try EventSegment.encode(events)
        #expect(sealed.recordCount == 4)
        #expect(sealed.first == Timestamp(milliseconds: .min))
        #expect(sealed.last == Timestamp(milliseconds: .max))
        #expect(sealed.watermark == 0)
        #expect(try EventSegment.decode(sealed.bytes[...]) == events)
    }

    @Test func `many like events take a few bytes each`() throws {
        let events = (0..<1000).map { event($0 * 1000, "node: scrape failed, attempt \($0)") }
        let sealed = try EventSegment.encode(events)
        #expect(try EventSegment.decode(sealed.bytes[...]) == events)
        #expect(sealed.bytes.count < 8000)
    }

    @Test func `one event has little around it`() throws {
        let sealed = try EventSegment.encode([event(1_795_000_000_000, "x")])
        #expect(sealed.bytes.count <= 40)
    }

    @Test func `what is beyond the limits is refused`() {
        #expect(code([]) == .invalidInput)
        let message = String(repeating: "m", count: Limits.eventMessageBytes)
        let kind = String(repeating: "k", count: Limits.eventKindBytes)
        #expect(code([event(0, message, kind: kind)]) == nil)
        #expect(code([event(0, message + "m", kind: kind)]) == .aboveLimit)
        #expect(code([event(0, message, kind: kind + "k")]) == .aboveLimit)
    }
}
