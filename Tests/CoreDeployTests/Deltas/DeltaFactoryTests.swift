import CoreDomain
import CorePostgres
import CoreRegistry
import FleetDelta
import FleetDeploy
import FleetModel
import FleetRuntime
import FleetTestSupport
import Testing

@testable import CoreDeploy

/// From versions in the registry to bytes that a ship can fetch and carry out.
@Suite(.timeLimit(.minutes(10)))
struct DeltaFactoryTests {
    private static func content(_ seed: UInt64, count: Int) -> [UInt8] {
        var random = SeededGenerator(seed: seed)
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private static let first: [String: [UInt8]] = [
        "MLmodel": Array("flavors: {}\n".utf8), "data/weights.bin": content(1, count: 60_000),
        "empty": [],
    ]

    private static var second: [String: [UInt8]] {
        var files = first
        var weights = files["data/weights.bin"] ?? []
        for place in stride(from: 0, to: weights.count, by: 5000) { weights[place] &+= 1 }
        files["data/weights.bin"] = weights
        files["MLmodel"] = Array("flavors: {onnx: 2}\n".utf8)
        return files
    }

    @Test func `a delta from what a ship holds, and one from nothing, come to the same tree`()
        async throws
    {
        try await DeltaShore.lend { shore in
            let old = try await shore.take(1, Self.first)
            let new = try await shore.take(2, Self.second)
            try await shore.prepare(new, from: [old])
            #expect(try await shore.progress(new).map(\.state) == [.queued, .queued])
            try await shore.factory().build(shore.tenant)

            let offers = try await shore.deltas.ready(new, of: shore.tenant)
            #expect(offers.map(\.base) == [old, nil])
            #expect((offers.first?.bytes ?? .max) < 1000)
            let held = try shore.lay(Self.first, at: shore.folder + "/held")
            let none = DeltaBase(try ArtifactTree([]), at: shore.folder)
            for (index, offer) in offers.enumerated() {
                let bytes = try await shore.fetch(offer)
                let path = "\(shore.folder)/fetched-\(index)"
                try AtomicFile.write(bytes, to: path, mode: 0o600)
                let tree = try DeltaDecoder(
                    delta: path,
                    base: offer.base == nil ? none : held,
                    staging: "\(shore.folder)/staging-\(index)"
                ).run(expecting: new.bytes)
                #expect(tree.entries.map(\.path) == ["MLmodel", "data/weights.bin", "empty"])
                #expect(tree.entries.allSatisfy { $0.mode == 0o644 })
            }
            // Nothing is left lying about.
            #expect(TemporaryDirectory.names(in: shore.folder + "/deltas").isEmpty)
        }
    }

    @Test func `what was asked for is made once`() async throws {
        try await DeltaShore.lend { shore in
            let old = try await shore.take(1, Self.first)
            let new = try await shore.take(2, Self.second)
            for _ in 0..<3 {
                // Of the bases, the tree itself and one that nobody has are left out.
                let unknown = try #require(TreeDigest([UInt8](repeating: 7, count: 32)))
                try await shore.prepare(new, from: [old, new, unknown])
                try await shore.factory().run()
            }
            #expect(try await shore.number("SELECT count(*) FROM hawser.deltas") == 2)
            #expect(try await shore.number("SELECT sum(turn) FROM hawser.deltas") == 2)
        }
    }

    @Test func `one that a process began and did not live to end is made by the next`() async throws
    {
        try await DeltaShore.lend { shore in
            let new = try await shore.take(1, Self.first)
            try await shore.prepare(new, from: [])
            let tenant = shore.tenant
            try await shore.pool.transaction(tenant: tenant) { connection in
                try connection.execute(DeltaQueries.begin, .int64(tenant.rawValue))
            }
            #expect(try await shore.progress(new).map(\.state) == [.building])
            try PrivateDirectory.create(shore.folder + "/deltas/base/sub")
            try AtomicFile.write([1], to: shore.folder + "/deltas/base/sub/x", mode: 0o600)
            let factory = try shore.factory()
            #expect(TemporaryDirectory.names(in: shore.folder + "/deltas").isEmpty)
            try await factory.build(tenant)
            #expect(try await shore.progress(new).map(\.state) == [.ready])
        }
    }

    @Test func `one over which the process ends each time is given up, and tried again when asked`()
        async throws
    {
        try await DeltaShore.lend { shore in
            let new = try await shore.take(1, Self.first)
            try await shore.prepare(new, from: [])
            for _ in 0..<DeltaBuildLimits.crashes {
                try await shore.run(
                    "UPDATE hawser.deltas SET state = 'building' WHERE state = 'queued'"
                )
                // The next life looks at what the last one left, and has no time for more.
                let tenant = shore.tenant
                try await shore.pool.transaction(tenant: tenant) { connection in
                    try connection.execute(
                        DeltaQueries.requeue,
                        .int64(tenant.rawValue),
                        .int32(DeltaBuildLimits.crashes),
                        .text("ended")
                    )
                }
            }
            #expect(try await shore.progress(new).map(\.state) == [.failed])
            try await shore.factory().build(shore.tenant)
            try await shore.prepare(new, from: [])
            #expect(try await shore.progress(new).map(\.state) == [.failed])
            try await shore.prepare(new, from: [], isRetry: true)
            try await shore.factory().build(shore.tenant)
            #expect(try await shore.progress(new).map(\.state) == [.ready])
        }
    }

    @Test func `who lost the lease and ends late enters nothing`() async throws {
        try await DeltaShore.lend { shore in
            let new = try await shore.take(1, Self.first)
            try await shore.prepare(new, from: [])
            let tenant = shore.tenant
            let before = try await shore.number("SELECT count(*) FROM hawser.artifact_blobs")
            await #expect(throws: (any Error).self) {
                try await shore.artifacts.keep(
                    of: tenant,
                    length: 3,
                    body: AsyncStream { continuation in
                        continuation.yield([1, 2, 3])
                        continuation.finish()
                    }
                ) { _, _ in throw CancellationError() }
            }
            #expect(try await shore.number("SELECT count(*) FROM hawser.artifact_blobs") == before)
            let stored = TemporaryDirectory.names(
                in: shore.folder + "/artifacts/\(tenant.rawValue)"
            )
            .filter { $0.count == 2 }
            .flatMap {
                TemporaryDirectory.names(
                    in: shore.folder + "/artifacts/\(tenant.rawValue)/\($0)"
                )
            }
            #expect(Int64(stored.count) == before)
        }
    }

    @Test func `a base is kept while a ship holds it, whatever becomes of its version`()
        async throws
    {
        try await DeltaShore.lend { shore in
            let old = try await shore.take(1, Self.first)
            let new = try await shore.take(2, Self.second)
            try await shore.run(
                """
                DELETE FROM hawser.model_versions WHERE version = 1;
                DELETE FROM hawser.artifact_files WHERE path LIKE 'models/pump/1/%';
                """
            )
            try await shore.collect(after: .seconds(90 * 86_400))
            try await shore.prepare(new, from: [old])
            try await shore.factory().build(shore.tenant)
            #expect(try await shore.progress(new).map(\.state) == [.ready, .ready])
        }
    }

    @Test func `a tree that nobody needs goes with its deltas, and its bytes after it`()
        async throws
    {
        try await DeltaShore.lend { shore in
            let old = try await shore.take(1, Self.first)
            let new = try await shore.take(2, Self.second)
            try await shore.prepare(new, from: [old])
            try await shore.factory().build(shore.tenant)
            try await shore.run(
                """
                DELETE FROM hawser.model_versions;
                DELETE FROM hawser.artifact_files;
                """
            )
            try await shore.factory().dropUnneeded(shore.tenant)
            #expect(try await shore.number("SELECT count(*) FROM hawser.deltas") == 2)
            try await shore.run(
                "UPDATE hawser.artifact_trees SET needed_at = now() - interval '31 days'"
            )
            try await shore.factory().dropUnneeded(shore.tenant)
            for table in ["artifact_trees", "artifact_tree_files", "deltas"] {
                #expect(try await shore.number("SELECT count(*) FROM hawser.\(table)") == 0)
            }
            try await shore.collect(after: .seconds(90 * 86_400))
            #expect(try await shore.number("SELECT count(*) FROM hawser.artifact_blobs") == 0)
        }
    }

    @Test func `a tenant without room hears why`() async throws {
        try await DeltaShore.lend(quota: Quota([.artifactBytes: 60_100])) { shore in
            let new = try await shore.take(1, Self.first)
            try await shore.prepare(new, from: [])
            try await shore.factory().build(shore.tenant)
            let progress = try await shore.progress(new)
            #expect(progress.map(\.state) == [.failed])
            #expect(progress.first?.reason.contains("artifact") == true)
            #expect(TemporaryDirectory.names(in: shore.folder + "/deltas").isEmpty)
        }
    }

    @Test func `a tree that nobody can take down any more is not waited for`() async throws {
        try await DeltaShore.lend { shore in
            let gone = try #require(TreeDigest([UInt8](repeating: 9, count: 32)))
            let deltas = shore.deltas
            let error = await #expect(throws: DomainError.self) {
                try await deltas.isPrepared(
                    gone,
                    from: [],
                    of: shore.tenant,
                    at: DeltaShore.clock.now()
                )
            }
            #expect(error?.code == .unprocessable)
            // One that was taken outlives its version.
            let kept = try await shore.take(1, Self.first)
            try await shore.run("DELETE FROM hawser.model_versions")
            let isReady = try await deltas.isPrepared(
                kept,
                from: [],
                of: shore.tenant,
                at: DeltaShore.clock.now()
            )
            #expect(!isReady)
            try await shore.factory().build(shore.tenant)
            #expect(
                try await deltas.isPrepared(
                    kept,
                    from: [],
                    of: shore.tenant,
                    at: DeltaShore.clock.now()
                )
            )
        }
    }

    @Test func `a piece is what it is however it is asked for`() async throws {
        try await DeltaShore.lend { shore in
            let new = try await shore.take(1, Self.first)
            try await shore.prepare(new, from: [])
            try await shore.factory().build(shore.tenant)
            let offer = try #require(try await shore.deltas.ready(new, of: shore.tenant).first)
            let whole = try await shore.fetch(offer, pieces: 1 << 20)
            #expect(Int64(whole.count) == offer.bytes)
            #expect(try await shore.fetch(offer, pieces: 4096) == whole)
            let deltas = shore.deltas
            for offset in [offer.bytes, offer.bytes + 1, -1, .max] {
                #expect(
                    try await deltas.read(offer.digest, from: offset, count: 9, of: shore.tenant)
                        .isEmpty
                )
            }
            await #expect(throws: RegistryError.self) {
                try await deltas.read(
                    [UInt8](repeating: 0, count: 32),
                    from: 0,
                    count: 9,
                    of: shore.tenant
                )
            }
        }
    }
}
