import ArgumentParser
import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime
import FleetTestSupport

/// How long a month of one series takes to read from rollups, and what rollups take on disk.
struct MonthBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "month",
        abstract: "30 days by the hour of one series of many, from rollups; their bytes.",
        discussion: """
            Plays the scrapes of a recording one after the other, so many an hour, for 30 days, \
            commits them as a ship does, and asks for one series by the hour: from the rows as ingest \
            leaves them, and after compaction. More series than the recording has are copies of it \
            with other values.
            """
    )

    @Option(help: "A directory of recorded scrapes.")
    var scrapes = Fixtures.path("Scrapes15s")

    @Option(help: "Series, 1 to 100,000; 0 for those of the recording.")
    var series = 0

    @Option(help: "Scrapes in an hour, 1 to 60.")
    var scrapesPerHour = 4

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    func run() async throws {
        guard (0...100_000).contains(series), (1...60).contains(scrapesPerHour) else {
            throw CommandError("--series is 0 to 100000, --scrapes-per-hour is 1 to 60")
        }
        let recording = try Recording(directory: scrapes)
        let figures = try await BenchShore.lend { shore, superuser in
            try await measure(recording, shore, superuser)
        }
        figures.print(json: json)
    }

    private static let days: Int64 = 30

    private func measure(
        _ recording: Recording,
        _ shore: BenchShore,
        _ superuser: PostgresPool
    ) async throws -> Figures {
        let month = MonthRecording(
            recording,
            series: series,
            every: .seconds(3600 / Int64(scrapesPerHour))
        )
        let count = month.definitions.count
        var figures = Figures(title: "month: \(scrapes), \(count) series")
        let ship = try await shore.ship("month")
        let samples = try await shore.store(
            month.definitions,
            of: ship,
            until: BenchShore.start + .seconds(Self.days * 86_400),
            segmentSeconds: 3600
        ) { month.batches(from: $0, to: $1) }
        figures.add("samples", Double(samples))
        let tables = ["rollups", "rollup_chunks"]
        let before = try await StorageBenchmark.size(tables, superuser)
        try await ask(shore, ship, "rows", &figures)
        let started = ContinuousClock.now
        // As for a ship at sea: the last six hours are not moved yet.
        let outcome = try await shore.rollups.compact(
            ship.identity,
            at: BenchShore.start + .seconds(Self.days * 86_400)
        )
        let seconds = (ContinuousClock.now - started).inSeconds
        figures.add("compaction_rollups_per_second", Double(outcome.rollups) / seconds)
        let rollups = Double(outcome.rollups)
        figures.add("rollups", rollups, note: "of 5 min, 1 h and 1 d")
        figures.add("rows_bytes_per_rollup", before / rollups, decimals: 2)
        let after = try await StorageBenchmark.size(tables, superuser, isFull: true)
        figures.add(
            "chunks_bytes_per_rollup",
            after / rollups,
            decimals: 2,
            note: "indexes, sketches and distinct counts included, as in rows"
        )
        try await ask(shore, ship, "chunks", &figures)
        return figures
    }

    private func ask(
        _ shore: BenchShore,
        _ ship: Ship,
        _ name: String,
        _ figures: inout Figures
    ) async throws {
        let request = try RangeRequest(
            selectors: [SeriesSelector(parsing: #"node_load1{copy=""}"#)],
            range: TimeRange(
                from: BenchShore.start,
                to: BenchShore.start + .seconds(Self.days * 86_400)
            ),
            step: .seconds(3600),
            aggregation: .average
        )
        var times: [Double] = []
        for _ in 0..<9 {
            let started = ContinuousClock.now
            let answer = try await shore.telemetry.range(of: ship, request)
            times.append((ContinuousClock.now - started).inSeconds * 1000)
            let points = answer.series.first?.points.count ?? 0
            guard answer.series.count == 1, points == Self.days * 24 else {
                throw CommandError("the month has \(points) of \(Self.days * 24) hours")
            }
        }
        times.sort()
        figures.add(
            "month_hourly_\(name)_ms",
            times[times.count / 2],
            decimals: 1,
            note: "median of nine; \(Figures.text(times[0], decimals: 1)) at the least, "
                + "\(Figures.text(times[8], decimals: 1)) at the most"
        )
    }
}
