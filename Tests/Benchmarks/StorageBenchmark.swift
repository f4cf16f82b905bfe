import ArgumentParser
import CoreDomain
import CorePostgres
import CoreTestSupport
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import FleetTestSupport
import Logging

/// Bytes a sample takes in PostgreSQL, and how long a month of one series takes to read.
struct StorageBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage",
        abstract: "Bytes on disk per sample, before and after compaction; a month's query.",
        discussion: """
            Plays a recording over and over until the hours are full, commits it in segments as a ship \
            does, compacts it, and asks PostgreSQL for the tables' whole size: rows, bodies, indexes. \
            Then a second ship with a sample every half hour for 30 days, and one series of it by \
            the hour.
            """
    )

    @Option(help: "A directory of recorded scrapes.")
    var scrapes = Fixtures.path("Scrapes15s")

    @Option(help: "Hours that the recording is repeated for, 1 to 48.")
    var hours = 24

    @Option(help: "Recorded seconds that go into one segment.")
    var segmentSeconds = 600

    @Flag(help: "One JSON object, for scripts.")
    var json = false

    private static let tables = ["sample_blocks", "sample_chunks", "series", "series_numbers"]

    func run() async throws {
        guard (1...48).contains(hours), (15...3600).contains(segmentSeconds) else {
            throw CommandError("--hours is 1 to 48, --segment-seconds is 15 to 3600")
        }
        let recording = try Recording(directory: scrapes)
        let figures = try await PostgresFixture.withDatabase(migrations: PostgresFixture.schema) {
            database in
            try await withTemporaryDirectory { folder in
                try await measure(recording, database, folder)
            }
        }
        figures.print(json: json)
    }

    private func measure(
        _ recording: Recording,
        _ database: TestDatabase,
        _ folder: String
    ) async throws -> Figures {
        let silent = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
        let pool = PostgresPool(
            PostgresPoolConfiguration(connectionString: database.serverConnectionString, size: 2),
            logger: silent
        )
        let superuser = PostgresPool(
            PostgresPoolConfiguration(
                connectionString: database.superuserConnectionString,
                size: 1
            ),
            logger: silent
        )
        do {
            let figures = try await measure(recording, BenchShore(pool, keysIn: folder), superuser)
            await pool.close()
            await superuser.close()
            return figures
        } catch {
            await pool.close()
            await superuser.close()
            throw error
        }
    }

    private func measure(
        _ recording: Recording,
        _ shore: BenchShore,
        _ superuser: PostgresPool
    ) async throws -> Figures {
        var figures = Figures(title: "storage: \(scrapes), \(hours) h")
        let first = try await shore.ship("steady")
        let samples = try await shore.store(
            recording,
            of: first,
            hours: hours,
            every: nil,
            segmentSeconds: segmentSeconds
        )
        let count = Double(samples)
        figures.add("samples", count)
        let before = try await Self.size(Self.tables, superuser)
        figures.add(
            "blocks_bytes_per_sample",
            before / count,
            decimals: 3,
            note: "as ships seal them"
        )
        let started = ContinuousClock.now
        let outcome = try await shore.compaction.compact(
            first.identity,
            at: BenchShore.start + .seconds(10 * 86_400)
        )
        let seconds = (ContinuousClock.now - started).inSeconds
        guard Double(outcome.samples) == count else {
            throw CommandError("\(outcome.samples) of \(samples) samples were compacted")
        }
        figures.add("compaction_samples_per_second", count / seconds)
        let after = try await Self.size(Self.tables, superuser)
        figures.add(
            "chunks_bytes_per_sample",
            after / count,
            decimals: 3,
            note: "compacted: samples and series with their indexes; at most 0.6"
        )
        let rollups = try await Self.size(["rollups"], superuser)
        figures.add("rollups_bytes_per_sample", rollups / count, decimals: 3, note: "of all three")
        try await askMonth(recording, shore, &figures)
        return figures
    }

    private func askMonth(
        _ recording: Recording,
        _ shore: BenchShore,
        _ figures: inout Figures
    ) async throws {
        let ship = try await shore.ship("month")
        _ = try await shore.store(
            recording,
            of: ship,
            hours: 30 * 24,
            every: .seconds(1800),
            segmentSeconds: 3600
        )
        let request = try RangeRequest(
            selectors: [SeriesSelector(parsing: #"node_load1"#)],
            range: TimeRange(
                from: BenchShore.start,
                to: BenchShore.start + .seconds(30 * 86_400)
            ),
            step: .seconds(3600),
            aggregation: .average
        )
        var fastest = Double.infinity
        var points = 0
        for _ in 0..<5 {
            let started = ContinuousClock.now
            let answer = try await shore.telemetry.range(of: ship, request)
            fastest = min(fastest, (ContinuousClock.now - started).inSeconds)
            points = answer.series.first?.points.count ?? 0
        }
        guard points == 720 else { throw CommandError("the month has \(points) of 720 hours") }
        figures.add(
            "month_hourly_ms",
            fastest * 1000,
            decimals: 1,
            note: "720 hours of one series of \(recording.definitions.count), fastest of five"
        )
    }

    /// Tables with all that belongs to them: indexes, bodies, partitions.
    private static func size(_ tables: [String], _ superuser: PostgresPool) async throws -> Double {
        let names = tables.map { "'hawser.\($0)'::regclass" }.joined(separator: ", ")
        return try await superuser.withConnection { connection in
            for table in tables { try connection.run(script: "VACUUM hawser.\(table)") }
            let bytes =
                try connection.execute(
                    Statement(
                        "table_sizes_\(tables.count)",
                        """
                        SELECT sum(pg_total_relation_size(relid))::bigint AS bytes
                        FROM unnest(ARRAY[\(names)]) AS root,
                            LATERAL pg_partition_tree(root) AS tree
                        """
                    )
                ).first?.int64("bytes") ?? 0
            return Double(bytes)
        }
    }
}
