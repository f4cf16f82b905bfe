import ArgumentParser
import CoreDomain
import CorePostgres
import FleetModel
import FleetRuntime
import FleetTestSupport

/// Bytes a sample takes in PostgreSQL.
struct StorageBenchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "storage",
        abstract: "Bytes on disk per sample, before and after compaction.",
        discussion: """
            Plays a recording over and over until the hours are full, commits it in segments as a ship \
            does, compacts it, and asks PostgreSQL for the tables' whole size: rows, bodies, indexes.
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
        let figures = try await BenchShore.lend { shore, superuser in
            try await measure(recording, shore, superuser)
        }
        figures.print(json: json)
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
        return figures
    }

    /// Tables with all that belongs to them: indexes, bodies, partitions.
    ///
    /// - Parameter isFull: as after the next rewriting, without room that was freed.
    static func size(
        _ tables: [String],
        _ superuser: PostgresPool,
        isFull: Bool = false
    ) async throws -> Double {
        let names = tables.map { "'hawser.\($0)'::regclass" }.joined(separator: ", ")
        return try await superuser.withConnection { connection in
            let vacuum = isFull ? "VACUUM FULL" : "VACUUM"
            for table in tables { try connection.run(script: "\(vacuum) hawser.\(table)") }
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
