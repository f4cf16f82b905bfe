import FleetModel
import FleetRuntime
import FleetSeries
import FleetTestSupport
import Logging
import NIOCore
import NIOHTTP1
import ShipDomain
import ShipIntake
import ShipStore
import Testing

@Suite(.timeLimit(.minutes(10))) struct RemoteWriteRouteTests {
    private static let second = "application/x-protobuf;proto=io.prometheus.write.v2.Request"

    /// A message of version 2 by the bytes: symbols "", "__name__", "up", and one sample.
    private static func message(second: Bool, time: Int64, histogram: Bool = false) -> [UInt8] {
        var milliseconds = UInt64(bitPattern: time)
        var varint: [UInt8] = []
        while milliseconds >= 0x80 {
            varint.append(UInt8(truncatingIfNeeded: milliseconds) | 0x80)
            milliseconds >>= 7
        }
        varint.append(UInt8(milliseconds))
        let sample: [UInt8] = [0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10] + varint
        let name = Array("__name__".utf8)
        if second {
            let series: [UInt8] =
                [0x0A, 2, 1, 2, 0x12, UInt8(sample.count)] + sample
                + (histogram ? [0x1A, 0] : []) + [0x2A, 2, 0x08, 2]
            return [0x22, 0, 0x22, 8] + name + [0x22, 2] + Array("up".utf8)
                + [0x2A, UInt8(series.count)] + series
        }
        let label: [UInt8] = [0x0A, 8] + name + [0x12, 2] + Array("up".utf8)
        let series: [UInt8] =
            [0x0A, UInt8(label.count)] + label + [0x12, UInt8(sample.count)] + sample
        return [0x0A, UInt8(series.count)] + series
    }

    private func post(
        _ body: [UInt8],
        to port: Int,
        _ headers: String = "content-encoding: snappy\r\ncontent-type: application/x-protobuf\r\n"
    ) async throws -> String {
        try await RawClient.exchange(
            port: port,
            "POST /api/v1/write HTTP/1.1\r\nhost: ship\r\nconnection: close\r\n\(headers)"
                + "content-length: \(body.count)\r\n\r\n",
            body: body
        )
    }

    private func withRoute(
        _ body: @Sendable (Int, ShipStore) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            let receiver = try await RemoteWriteReceiver(
                store: store,
                gate: LabelGate(),
                account: IntakeAccount(MetricsRegistry()),
                clock: .fixed(Listener.now),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask { try await receiver.run() }
                try await Listener.with(routes: [.remoteWrite(to: receiver)]) {
                    try await body($0.port, store)
                }
                tasks.cancelAll()
            }
        }
    }

    @Test func `both versions are taken in by their headers`() async throws {
        try await withRoute { port, store in
            let time = Listener.now.milliseconds
            let first = try Snappy.compress(Self.message(second: false, time: time - 2000))
            #expect(try await post(first, to: port).hasPrefix("HTTP/1.1 204 "))
            let second = try Snappy.compress(Self.message(second: true, time: time - 1000))
            let headers = "content-encoding: snappy\r\ncontent-type: \(Self.second)\r\n"
            let answer = try await post(second, to: port, headers)
            #expect(answer.hasPrefix("HTTP/1.1 204 "))
            #expect(answer.contains("x-prometheus-remote-write-samples-written: 1\r\n"))
            #expect(answer.contains("x-prometheus-remote-write-histograms-written: 0\r\n"))
            let status = try await store.status()
            // One series, whichever way it came.
            #expect(status.first { $0.lane == .metrics }?.ledger.produced == 2)
        }
    }

    @Test func `what is taken in only in part is told as 400 with the counts`() async throws {
        try await withRoute { port, store in
            let message = Self.message(
                second: true,
                time: Listener.now.milliseconds,
                histogram: true
            )
            let headers = "content-encoding: snappy\r\ncontent-type: \(Self.second)\r\n"
            let answer = try await post(try Snappy.compress(message), to: port, headers)
            #expect(answer.hasPrefix("HTTP/1.1 400 "))
            #expect(answer.contains("x-prometheus-remote-write-samples-written: 1\r\n"))
            #expect(answer.contains("native histograms"))
            let status = try await store.status()
            #expect(status.first { $0.lane == .metrics }?.ledger.produced == 1)
        }
    }

    @Test func `what is not spoken here is 415, what is damaged 400, what is too large 413`()
        async throws
    {
        try await withRoute { port, _ in
            let good = try Snappy.compress(Self.message(second: false, time: 1))
            let wrong: [([UInt8], String, Int)] = [
                (good, "content-encoding: zstd\r\n", 415),
                (good, "content-type: application/json\r\n", 415),
                (good, "content-type: application/x-protobuf;proto=other\r\n", 415),
                ([1, 2, 3], "", 400), ([0xFF, 0xFF], "", 400), ([], "", 400),
                (try Snappy.compress([0x0A, 5, 1]), "", 400),
                // It says that it unpacks to 2 GB.
                ([0x80, 0x80, 0x80, 0x80, 0x08], "", 413),
            ]
            for (body, headers, status) in wrong {
                let answer = try await post(body, to: port, headers)
                #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(headers) \(body.prefix(5))")
            }
        }
    }
}
