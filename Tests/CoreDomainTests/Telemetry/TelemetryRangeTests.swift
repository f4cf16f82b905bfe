import FleetModel
import FleetProtocol
import FleetTestSupport
import Testing

@testable import CoreDomain

/// Reading series and ranges back.
@Suite(.timeLimit(.minutes(10)))
struct TelemetryRangeTests {
    private static let start = Timestamp(seconds: 1_795_248_000)

    /// Three hours of two series, a sample each 15 s.
    private static func voyage() throws -> [ReceiveSession.Segment] {
        let segments = try (0..<36).map { index in
            try Cargo.metrics(
                UInt64(index),
                (0..<20).map { step in
                    let number = index * 20 + step
                    return Cargo.batch(
                        at: start.milliseconds + Int64(number) * 15_000,
                        [(0, Double(number)), (1, number % 20 == 7 ? .nan : Double(-number))]
                    )
                }
            )
        }
        return [try Cargo.catalogue(0, 0..<2)] + segments
    }

    private func answer(
        _ shore: Shore,
        _ text: String,
        _ length: Duration,
        step: Duration?,
        _ aggregation: RangeRequest.Aggregation = .last
    ) async throws -> RangeAnswer {
        let tenant = try await shore.tenants.find(name: "acme").id
        let ship = try await shore.ships.find(tenant: tenant, name: "aurora")
        return try await shore.telemetry.range(
            of: ship,
            RangeRequest(
                selectors: [SeriesSelector(parsing: text)],
                range: TimeRange(from: Self.start, to: Self.start + length),
                step: step,
                aggregation: aggregation
            )
        )
    }

    @Test func `a range is answered from samples, or from the rollup that fits its step`()
        async throws
    {
        try await withShore { shore in
            let session = try await shore.open(try await shore.ship())
            _ = try await session.commit(try Self.voyage(), partials: [])

            let raw = try await answer(shore, "pressure_0", .seconds(3600), step: nil)
            #expect(raw.resolution == nil)
            #expect(raw.series.count == 1)
            #expect(raw.series[0].points.map(\.value) == (0..<240).map(Double.init))
            let labels = raw.series[0].labels
            #expect(labels["ship"] == "aurora" && labels["ship_id"] != nil)

            let minutes = try await answer(
                shore,
                #"{line="1"}"#,
                .seconds(600),
                step: .seconds(60),
                .count
            )
            #expect(minutes.resolution == nil)
            // NaN is no value: one of twenty, in the second minute of each five.
            #expect(minutes.series[0].points.map(\.value) == [4, 3, 4, 4, 4, 4, 3, 4, 4, 4])

            let five = try await answer(
                shore,
                "pressure_0",
                .seconds(3 * 3600),
                step: .seconds(420),
                .average
            )
            #expect(five.resolution == .fiveMinutes)
            // Whole rollups make a step: seven minutes were asked for, five are served.
            #expect(five.step == .seconds(300))
            #expect(five.series[0].points.count == 36)
            #expect(five.series[0].points[1].value == 29.5)
            #expect(five.series[0].points[1].at == Self.start.milliseconds + 300_000)

            let hours = try await answer(
                shore,
                "pressure_0",
                .seconds(30 * 86_400),
                step: .seconds(3600),
                .maximum
            )
            #expect(hours.resolution == .hour)
            #expect(hours.series[0].points.map(\.value) == [239, 479, 719])

            // Too long for samples: the finest rollups, and the answer says so.
            let days = try await answer(
                shore,
                "pressure_0",
                .seconds(7 * 86_400),
                step: .seconds(60),
                .sum
            )
            #expect(days.resolution == .fiveMinutes && days.step == .seconds(300))
            let sum: Double = days.series[0].points.map(\.value).reduce(0, +)
            #expect(sum == Double(719 * 720 / 2))
        }
    }

    @Test func `what would be too much is refused with what to do`() async throws {
        try await withShore { shore in
            let session = try await shore.open(try await shore.ship())
            _ = try await session.commit(try Self.voyage(), partials: [])
            for (length, step) in [
                (Duration.seconds(3 * 86_400), Duration?.none),
                (.seconds(86_400), .seconds(1)), (.seconds(3600), .milliseconds(10)),
                (.seconds(500 * 86_400), .seconds(86_400)),
            ] {
                await #expect {
                    try await answer(shore, "pressure_0", length, step: step)
                } throws: { error in
                    (error as? DomainError)?.code == .invalid
                }
            }
        }
    }

    @Test func `series are paged, and every page goes on where the last one ended`() async throws {
        try await withShore { shore in
            let admission = try await shore.ship()
            let session = try await shore.open(admission)
            _ = try await session.commit([try Cargo.catalogue(0, 0..<5000)], partials: [])
            let tenant = admission.identity.tenant
            let ship = try await shore.ships.find(tenant: tenant, name: "aurora")
            let selector = try SeriesSelector(parsing: #"{__name__="pressure_1",line=~".*[05]"}"#)
            var found: [String] = []
            var place: Int32?
            var pages = 0
            repeat {
                let page = try await shore.telemetry.series(
                    of: ship,
                    selectors: [selector],
                    after: place,
                    limit: 100
                )
                #expect(page.series.count <= 100)
                found += page.series.map { $0.labels["line"] ?? "" }
                place = page.next
                pages += 1
            } while place != nil
            #expect(pages == 4)
            let expected = (0..<5000).filter { $0 % 3 == 1 && $0 % 5 == 0 }
            #expect(found.compactMap { Int($0) } == expected)
        }
    }
}
