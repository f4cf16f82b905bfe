import FleetModel
import FleetRuntime
import FleetSeries
import FleetTestSupport
import Logging
import ShipDomain
import ShipStore
import Testing

@Suite(.timeLimit(.minutes(10)))
struct NotebookTests {
    private static let now = Timestamp(milliseconds: 1_795_255_088_000)
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func noted(_ message: String) async throws -> [FleetEvent] {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            let notebook = Notebook(store: store, clock: .fixed(Self.now), logger: Self.silent)
            await notebook.note(.critical, "target_down", message)
            guard let segment = try await store.segment(.events, 0) else { return [] }
            return try EventSegment.decode(segment.bytes[...])
        }
    }

    @Test func `an event is sealed at once, with the time it was noted`() async throws {
        let expected = FleetEvent(
            at: Self.now,
            severity: .critical,
            kind: "target_down",
            message: "node: refused"
        )
        #expect(try await noted("node: refused") == [expected])
    }

    @Test func `a message that is too long is cut, not lost`() async throws {
        let long = String(repeating: "👩‍🚀", count: 1000)
        let events = try await noted(long)
        #expect(events.count == 1)
        #expect(events.first?.message.isEmpty == false)
        #expect(events.allSatisfy { $0.message.utf8.count <= Limits.eventMessageBytes })
    }
}
