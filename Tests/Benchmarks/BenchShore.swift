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

/// The shore's domain over a database, fed by a recording that is played over and over.
struct BenchShore {
    /// A Monday, 00:00 UTC.
    static let start = Timestamp(seconds: 1_793_577_600)

    let telemetry: Telemetry
    let compaction: Compaction
    let rollups: RollupCompaction
    private let ships: Ships
    private let tenants: Tenants
    private let desk: EnrolmentDesk
    private let ingest: Ingest
    private let clock = WallClock.fixed(BenchShore.start + .seconds(40 * 86_400))

    init(_ pool: PostgresPool, keysIn folder: String) throws {
        let keys = try ServerKeys(directory: folder + "/keys", at: clock.now())
        let authorities = TenantAuthorities(pool: pool, keys: keys)
        telemetry = Telemetry(pool: pool)
        compaction = Compaction(pool: pool)
        rollups = RollupCompaction(pool: pool)
        ships = Ships(pool: pool, keys: keys)
        tenants = Tenants(pool: pool, authorities: authorities)
        desk = EnrolmentDesk(pool: pool, authorities: authorities)
        ingest = Ingest(pool: pool, clock: clock, metrics: IngestMetrics(MetricsRegistry()))
    }

    /// Lends a shore over a database of its own, and the database as its superuser.
    static func lend<Value>(
        _ body: (BenchShore, PostgresPool) async throws -> Value
    ) async throws -> Value {
        try await PostgresFixture.withDatabase(migrations: PostgresFixture.schema) { database in
            try await withTemporaryDirectory { folder in
                let silent = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
                let pools = [
                    (database.serverConnectionString, 2), (database.superuserConnectionString, 1),
                ].map { address, size in
                    PostgresPool(
                        PostgresPoolConfiguration(connectionString: address, size: size),
                        logger: silent
                    )
                }
                do {
                    let value = try await body(BenchShore(pools[0], keysIn: folder), pools[1])
                    for pool in pools { await pool.close() }
                    return value
                } catch {
                    for pool in pools { await pool.close() }
                    throw error
                }
            }
        }
    }

    /// A ship of a tenant of its own.
    func ship(_ name: String) async throws -> Ship {
        let tenant = try await tenants.create(name: name, at: clock.now())
        return try await ships.create(
            tenant: tenant.id,
            name: name,
            tokenLasting: .seconds(60),
            at: clock.now()
        ).ship
    }

    /// Plays a recording until the hours are full, and commits it as the ship would.
    ///
    /// - Returns: the samples stored.
    func store(
        _ recording: Recording,
        of ship: Ship,
        hours: Int,
        segmentSeconds: Int
    ) async throws -> Int64 {
        var turn = Turn(recording)
        return try await store(
            recording.definitions,
            of: ship,
            until: Self.start + .seconds(Int64(hours) * 3600),
            segmentSeconds: segmentSeconds
        ) { turn.batches(from: $0, to: $1) }
    }

    /// Commits as the ship would what `batches` gives of each segment's time.
    ///
    /// - Returns: the samples stored.
    func store(
        _ definitions: [SeriesDefinition],
        of ship: Ship,
        until end: Timestamp,
        segmentSeconds: Int,
        _ batches: (Timestamp, Timestamp) -> [SampleBatch]
    ) async throws -> Int64 {
        let session = try await open(ship)
        for (index, chunk) in stride(from: 0, to: definitions.count, by: 10_000).enumerated() {
            let last = min(chunk + 10_000, definitions.count)
            let sealed = try CatalogueSegment.encode(Array(definitions[chunk..<last]))
            _ = try await session.commit(
                [segment(.catalogue, UInt64(index), sealed)],
                partials: []
            )
        }
        var encoder = MetricsSegmentEncoder()
        var sequence: UInt64 = 0
        var stored: Int64 = 0
        var from = Self.start
        while from < end {
            let to = from + .seconds(Int64(segmentSeconds))
            let found = batches(from, min(to, end))
            if !found.isEmpty {
                let sealed = try encoder.encode(found)
                _ = try await session.commit([segment(.metrics, sequence, sealed)], partials: [])
                stored += Int64(sealed.recordCount)
                sequence += 1
            }
            from = to
        }
        return stored
    }

    private func open(_ ship: Ship) async throws -> IngestSession {
        let token = try await ships.makeEnrolmentToken(
            for: ship,
            lasting: .seconds(60),
            at: clock.now()
        )
        let request = try CertificateRequest(key: PrivateKey(), commonName: ship.name)
        let enrolment = try await desk.enrol(token: token, request: request.der, at: clock.now())
        let admission = try await desk.admit(
            certificateDER: enrolment.certificate.der,
            at: clock.now()
        )
        return try await ingest.open(
            admission,
            hello: Hello(
                agentVersion: "bench",
                epoch: LaneEpoch(1),
                at: clock.now(),
                lanes: Lane.allCases.map {
                    Hello.LaneReport(position: LanePosition(lane: $0), firstHeld: 0, end: 1)
                },
                ledger: LedgerReport(totals: [:])
            )
        )
    }

    private func segment(
        _ lane: Lane,
        _ sequence: UInt64,
        _ sealed: SealedSegment
    ) -> ReceiveSession.Segment {
        ReceiveSession.Segment(
            lane: lane,
            sequence: sequence,
            recordCount: UInt64(sealed.recordCount),
            bytes: sealed.bytes
        )
    }

    /// A recording that begins anew whenever it ends.
    private struct Turn {
        private let batches: [SampleBatch]
        private let length: Duration
        private var index = 0
        private var base = BenchShore.start
        private let origin: Timestamp

        init(_ recording: Recording) {
            batches = recording.batches
            origin = batches.first?.at ?? BenchShore.start
            // The pause to the next turn is that between two scrapes.
            let span = (batches.last?.at ?? origin) - origin
            length = .milliseconds((span.milliseconds / 15_000 + 1) * 15_000)
        }

        mutating func batches(from: Timestamp, to: Timestamp) -> [SampleBatch] {
            var found: [SampleBatch] = []
            while true {
                if index == batches.count {
                    index = 0
                    base = base + length
                }
                let batch = batches[index]
                let at = base + (batch.at - origin)
                guard at < to else { return found }
                found.append(
                    SampleBatch(
                        group: batch.group,
                        at: at,
                        numbers: batch.numbers,
                        values: batch.values
                    )
                )
                index += 1
            }
        }
    }
}
