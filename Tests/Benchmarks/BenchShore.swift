import CoreDomain
import CorePostgres
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries

/// The shore's domain over a database, fed by a recording that is played over and over.
struct BenchShore {
    /// A Monday, 00:00 UTC.
    static let start = Timestamp(seconds: 1_793_577_600)

    let telemetry: Telemetry
    let compaction: Compaction
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
        ships = Ships(pool: pool, keys: keys)
        tenants = Tenants(pool: pool, authorities: authorities)
        desk = EnrolmentDesk(pool: pool, authorities: authorities)
        ingest = Ingest(pool: pool, clock: clock, metrics: IngestMetrics(MetricsRegistry()))
    }

    /// A ship of a tenant of its own.
    func ship(_ name: String) async throws -> Ship {
        let tenant = try await tenants.create(name: name, at: clock.now(), for: .command("test"))
        return try await ships.create(
            tenant: tenant.id,
            name: name,
            tokenLasting: .seconds(60),
            at: clock.now(),
            for: .command("test")
        ).ship
    }

    /// Plays a recording until the hours are full, and commits it as the ship would.
    ///
    /// - Parameter every: takes the recording's first scrapes, this far apart, instead of all.
    /// - Returns: the samples stored.
    func store(
        _ recording: Recording,
        of ship: Ship,
        hours: Int,
        every: Duration?,
        segmentSeconds: Int
    ) async throws -> Int64 {
        let session = try await open(ship)
        for (index, chunk) in stride(from: 0, to: recording.definitions.count, by: 10_000)
            .enumerated()
        {
            let end = min(chunk + 10_000, recording.definitions.count)
            let sealed = try CatalogueSegment.encode(Array(recording.definitions[chunk..<end]))
            _ = try await session.commit(
                [segment(.catalogue, UInt64(index), sealed)],
                partials: []
            )
        }
        let end = Self.start + .seconds(Int64(hours) * 3600)
        var turn = Turn(recording, every: every)
        var encoder = MetricsSegmentEncoder()
        var sequence: UInt64 = 0
        var stored: Int64 = 0
        var from = Self.start
        while from < end {
            let to = from + .seconds(Int64(segmentSeconds))
            let batches = turn.batches(from: from, to: min(to, end))
            if !batches.isEmpty {
                let sealed = try encoder.encode(batches)
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
            at: clock.now(),
            for: .command("test")
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

        init(_ recording: Recording, every: Duration?) {
            let all = recording.batches
            origin = all.first?.at ?? BenchShore.start
            if let every {
                // One scrape of each target, and nothing until the next turn.
                var seen: Set<UInt32> = []
                batches = all.filter { seen.insert($0.group).inserted }
                length = every
            } else {
                batches = all
                // The pause to the next turn is that between two scrapes.
                let span = (all.last?.at ?? origin) - origin
                length = .milliseconds((span.milliseconds / 15_000 + 1) * 15_000)
            }
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
