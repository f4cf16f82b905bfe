import CoreDomain
import FleetModel
import FleetProtocol
import FleetSeries
import FleetTestSupport
import Testing

@Suite(.timeLimit(.minutes(10)))
struct DistributionsTests {
    private static let hour = Timestamp(milliseconds: 1_795_251_600_000)
    private static let quantiles = [0.0, 0.1, 0.5, 0.9, 0.95, 0.99, 1]

    private static func distributions(_ shore: Shore) -> Distributions {
        Distributions(pool: shore.pool, ships: shore.ships, telemetry: shore.telemetry)
    }

    private static func request(_ step: Duration?) throws -> QuantileRequest {
        try QuantileRequest(
            selector: SeriesSelector(parsing: "pressure_0"),
            quantiles: quantiles,
            range: TimeRange(from: hour, to: hour + .seconds(3 * 3600)),
            step: step
        )
    }

    /// Three hours of one ship, in segments of six minutes.
    private static func voyage(
        _ generator: inout SeededGenerator
    ) throws -> (segments: [[SampleBatch]], values: [(at: Int64, value: Double)]) {
        var values: [(at: Int64, value: Double)] = []
        let segments = (0..<30).map { segment in
            (0..<24).map { step in
                let at = hour.milliseconds + Int64(segment * 24 + step) * 15_000
                let samples = [0, 1, 3].map { series -> (series: Int, value: Double) in
                    let size = Double.random(in: 0..<6, using: &generator)
                    let value = Double.random(in: -1..<3, using: &generator) * size * size * size
                    // Only pressure_0 is asked for: series 0 and 3.
                    if series != 1 { values.append((at, value)) }
                    return (series, value)
                }
                return Cargo.batch(at: at, samples)
            }
        }
        return (segments, values)
    }

    @Test(arguments: 0..<4)
    func `quantiles of a fleet are within one percent, in whatever order its data came`(
        order: Int
    ) async throws {
        let seed = SeededGenerator.seed(name: "fleet quantiles \(order)")
        var generator = SeededGenerator(seed: seed)
        try await withShore { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            var values: [(at: Int64, value: Double)] = []
            for number in 0..<3 {
                let ship = try await shore.ship(of: tenant, "ship-\(number)")
                let session = try await shore.open(ship)
                var (segments, made) = try Self.voyage(&generator)
                values += made
                if order == 1 { segments.reverse() }
                if order >= 2 { segments.shuffle(using: &generator) }
                _ = try await session.commit([try Cargo.catalogue(0, 0..<4)], partials: [])
                for (place, batches) in segments.enumerated() {
                    // Some as samples, some thinned, on three rungs.
                    let sequence = UInt64(place)
                    let segment =
                        order == 3 && place % 2 == 1
                        ? try Cargo.rollups(sequence / 2, .oneMinute, batches)
                        : try Cargo.backlog(order == 3 ? sequence / 2 : sequence, batches)
                    _ = try await session.commit([segment], partials: [])
                }
            }
            for step in [nil, Duration.seconds(3600), .seconds(7200)] {
                let answer = try await Self.distributions(shore).quantiles(
                    tenant: tenant.id,
                    visible: .all,
                    Self.request(step)
                )
                #expect(answer.shipCount == 3)
                #expect(answer.seriesCount == 6)
                let length = (step ?? .seconds(3 * 3600)).milliseconds
                #expect(answer.steps.count == Int((3 * 3_600_000 + length - 1) / length))
                for found in answer.steps {
                    let from = found.at.milliseconds
                    let exact = values.filter { $0.at >= from && $0.at < from + length }
                        .map(\.value).sorted()
                    #expect(found.count == Int64(exact.count))
                    #expect(found.covered == UInt64(exact.count))
                    for (q, value) in zip(Self.quantiles, found.values) {
                        let wanted = exact[Int((q * Double(exact.count - 1)).rounded(.down))]
                        #expect(
                            abs(value - wanted) <= 0.01 * abs(wanted),
                            "seed \(seed), quantile \(q): \(value) for \(wanted)"
                        )
                    }
                }
            }
        }
    }

    @Test func `different series are counted over ships, hours and days`() async throws {
        try await withShore { shore in
            let tenant = try await shore.tenants.create(
                name: "acme",
                at: Shore.now,
                for: .command("test")
            )
            let day = Self.hour.floored(to: .seconds(86_400))
            // Half of the second ship's series are the first one's, too.
            for (name, first) in [("aurora", 0), ("borealis", 30)] {
                let ship = try await shore.ship(of: tenant, name)
                let session = try await shore.open(ship)
                let catalogue = try Cargo.catalogue(0, 0..<60) { Cargo.labels($0 + first) }
                _ = try await session.commit([catalogue], partials: [])
                for hours in [0, 5, 30] {
                    // At the later hours a few of them only.
                    let count = hours == 0 ? 60 : hours
                    let batch = Cargo.batch(
                        at: day.milliseconds + Int64(hours) * 3_600_000,
                        (0..<count).map { (series: $0, value: 1) }
                    )
                    let segment = try Cargo.metrics(
                        UInt64([0, 5, 30].firstIndex(of: hours) ?? 0),
                        [batch]
                    )
                    _ = try await session.commit([segment], partials: [])
                }
            }
            let distributions = Self.distributions(shore)
            func count(_ hours: Range<Int64>) async throws -> Double {
                let found = try await distributions.cardinality(
                    tenant: tenant.id,
                    visible: .all,
                    range: TimeRange(
                        from: day + .seconds(hours.lowerBound * 3600),
                        to: day + .seconds(hours.upperBound * 3600)
                    )
                )
                #expect(found.isExact)
                return found.estimate.rounded()
            }
            #expect(try await count(0..<1) == 90)
            #expect(try await count(5..<6) == 10)
            #expect(try await count(1..<4) == 0)
            #expect(try await count(3..<31) == 60)
            #expect(try await count(-30..<72) == 90)
        }
    }

    @Test func `what can't be answered is refused`() throws {
        let selector = try SeriesSelector(parsing: "up")
        let range = try TimeRange(from: Self.hour, to: Self.hour + .seconds(86_400))
        func message(_ quantiles: [Double], _ step: Duration?) -> String? {
            do throws(DomainError) {
                _ = try QuantileRequest(
                    selector: selector,
                    quantiles: quantiles,
                    range: range,
                    step: step
                )
                return nil
            } catch {
                return error.message
            }
        }
        #expect(message([0.5], nil) == nil)
        #expect(message([], nil)?.contains("'q'") == true)
        #expect(message([1.5], nil)?.contains("'q'") == true)
        #expect(message([.nan], nil)?.contains("'q'") == true)
        #expect(message([0.5], .seconds(60))?.contains("'step'") == true)
        #expect(message([0.5], .seconds(5400))?.contains("'step'") == true)
    }
}
