import CoreDomain
import FleetModel
import FleetRuntime
import FleetSeries
import FleetTestSupport
import Foundation
import Testing

/// A stock Prometheus evaluates PromQL on a tenant's fleet.
@Suite(.shore, .timeLimit(.minutes(10)))
struct RemoteReadTests {
    /// Forty minutes that ended a minute ago.
    private static let count = 160
    private static let end = (Timestamp.now - .seconds(60)).floored(to: .seconds(60))
    private static var start: Timestamp { end - .seconds(15) * count }

    private func fleet(_ shore: Shore, _ tenant: String) async throws -> String {
        let owner = try await shore.makeTenant(tenant)
        for (index, name) in ["aurora", "borealis", "corona"].enumerated() {
            try await Fleet(shore: shore).store(
                try await shore.makeShip(name, of: owner),
                labels: [
                    LabelSet(name: "engine_temperature", ["engine": "main"]),
                    LabelSet(name: "engine_turns_total", ["engine": "main", "ship": "claimed"]),
                ],
                batches: Fleet.batches(
                    series: 2,
                    from: Self.start,
                    count: Self.count,
                    every: .seconds(15)
                ) { series, step in
                    series == 0 ? Double(80 + 10 * index) + Double(step % 4) : Double(step * 30)
                }
            )
        }
        return try await shore.makeToken(owner)
    }

    @Test func `PromQL over the fleet gives what the ships have sent`() async throws {
        let shore = try Shore.current()
        let token = try await fleet(shore, "promql")
        try await PrometheusServer.with(shore, token: token) { prometheus in
            let now = Self.end.milliseconds / 1000
            // The last sample is that of step 159, which has 3 on top.
            #expect(try await prometheus.number("sum(engine_temperature)", at: now) == 279)
            let each = try await prometheus.instant("sum by (ship) (engine_temperature)", at: now)
            #expect(each.count == 3)
            #expect(each.contains { $0.hasPrefix(#"{ship="borealis"} => 93"#) }, "\(each)")
            let rates = try await prometheus.instant("rate(engine_turns_total[5m])", at: now)
            #expect(
                rates.count == 3
                    && rates.allSatisfy { abs(PrometheusServer.value(of: $0) - 2) < 1e-9 },
                "\(rates)"
            )
            // What a ship says about itself does not stand in for what it has proved.
            #expect(rates.allSatisfy { $0.contains(#"exported_ship="claimed""#) }, "\(rates)")
            #expect(
                try await prometheus.number("quantile(0.5, engine_temperature)", at: now) == 93
            )
            let mean = try await prometheus.number(
                #"avg_over_time(engine_temperature{ship=~"cor.*|x"}[40m])"#,
                at: now
            )
            #expect(abs((mean ?? 0) - 101.5) < 1e-9)
            #expect(
                try await prometheus.number(
                    #"count(count_over_time({engine="main",ship!="aurora"}[40m]) == 160)"#,
                    at: now
                ) == 4
            )
            let nothing = try await prometheus.instant("engine_nothing", at: now)
            #expect(nothing.isEmpty)
        }
    }

    @Test func `a token reads its own tenant's fleet and no other`() async throws {
        let shore = try Shore.current()
        _ = try await fleet(shore, "owner")
        let stranger = try await shore.makeToken(try await shore.makeTenant("stranger"))
        try await PrometheusServer.with(shore, token: stranger) { prometheus in
            let now = Self.end.milliseconds / 1000
            let found = try await prometheus.instant("engine_temperature", at: now)
            #expect(found.isEmpty)
        }
        // Prometheus makes a warning of the refusal, and finds nothing.
        try await PrometheusServer.with(shore, token: "hwa.1.1.wrong") { prometheus in
            let now = Self.end.milliseconds / 1000
            let found = try await prometheus.instant("engine_temperature", at: now)
            #expect(found.isEmpty)
        }
    }

    @Test func `streamed chunks hold the samples, frame by frame`() async throws {
        let shore = try Shore.current()
        let token = try await fleet(shore, "streams")
        var query = ProtobufWriter()
        query.write(1, integer: Self.start.milliseconds)
        query.write(2, integer: Self.end.milliseconds)
        query.write(3) { matcher in
            matcher.write(2, text: "__name__")
            matcher.write(3, text: "engine_temperature")
        }
        var request = ProtobufWriter()
        request.write(1, bytes: query.bytes)
        // Streamed chunks before samples, as Prometheus 3 asks.
        request.write(2, bytes: [1, 0])
        let body = try Snappy.compress(request.bytes)
        let answer = try await withTemporaryDirectory { folder in
            try Data(body).write(to: URL(filePath: folder + "/request"))
            return try await withProcess(
                "/usr/bin/curl",
                [
                    "--silent", "--show-error", "--fail", "--cacert",
                    shore.data + "/authority/ca.crt", "--header", "Authorization: Bearer \(token)",
                    "--data-binary", "@\(folder)/request", "--output", folder + "/answer",
                    "--dump-header", folder + "/headers",
                    "https://127.0.0.1:\(shore.apiPort)/api/v1/read",
                ]
            ) { process in
                let status = try await process.waitForExit()
                #expect(status.isSuccess, "\(process.standardError)")
                let headers = try String(contentsOfFile: folder + "/headers", encoding: .utf8)
                #expect(headers.contains("proto=prometheus.ChunkedReadResponse"), "\(headers)")
                return [UInt8](try Data(contentsOf: URL(filePath: folder + "/answer")))
            }
        }
        var frames = ByteReader(answer)
        var ships: [String] = []
        while frames.remaining > 0 {
            let length = try frames.readCount(limit: 1 << 20)
            let checksum: UInt32 = try frames.readLittleEndian()
            let message = try frames.readBytes(length)
            #expect(checksum.byteSwapped == CRC32C.checksum(message))
            let series = try StreamedSeries(frame: message)
            ships.append(series.labels["ship"] ?? "")
            // 160 samples: two chunks.
            #expect(series.chunkCounts == [120, 40])
            #expect(
                series.spans.map(\.first) == [
                    Self.start.milliseconds, Self.start.milliseconds + 1_800_000,
                ]
            )
        }
        #expect(ships == ["aurora", "borealis", "corona"])
    }

    @Test func `a body that is no request is refused with its reason`() async throws {
        let shore = try Shore.current()
        let token = try await shore.makeToken(try await shore.makeTenant("rubbish"))
        let answer = try await shore.call(
            "/api/v1/read",
            method: "POST",
            token: token,
            body: "not snappy at all"
        )
        #expect(answer.status == 400)
        #expect(answer.problem == "invalid")
        #expect(try await shore.call("/api/v1/read", method: "POST", body: "x").status == 401)
    }
}

/// What one frame of streamed remote read holds; chunks are judged by their heads.
private struct StreamedSeries {
    private(set) var labels: [String: String] = [:]
    private(set) var chunkCounts: [Int] = []
    private(set) var spans: [(first: Int64, last: Int64)] = []

    init(frame: ArraySlice<UInt8>) throws {
        var response = ProtobufReader(frame)
        while let (field, value) = try response.next() {
            guard field == 1 else { continue }
            var series = ProtobufReader(value.content)
            while let (field, value) = try series.next() {
                if field == 1 { try addLabel(value.content) } else { try addChunk(value.content) }
            }
        }
    }

    private mutating func addLabel(_ message: ArraySlice<UInt8>) throws {
        var reader = ProtobufReader(message)
        var (name, text) = ("", "")
        while let (field, value) = try reader.next() {
            if field == 1 { name = try value.text() } else { text = try value.text() }
        }
        labels[name] = text
    }

    private mutating func addChunk(_ message: ArraySlice<UInt8>) throws {
        var reader = ProtobufReader(message)
        var span = (first: Int64(0), last: Int64(0))
        while let (field, value) = try reader.next() {
            switch field {
            case 1: span.first = value.integer
            case 2: span.last = value.integer
            case 4:
                let data = Array(value.content.prefix(2))
                chunkCounts.append(Int(data[0]) << 8 | Int(data[1]))
            default: #expect(field == 3 && value.number == 1)
            }
        }
        spans.append(span)
    }
}
