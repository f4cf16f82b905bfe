import CorePostgres
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries

/// One connected ship: commits its segments in order, each together with its lane's position.
package actor IngestSession {
    /// What one commit did.
    package struct Outcome: Sendable {
        package let acknowledgements: [LaneAcknowledgement]
        /// Set where a segment had to be set aside: the session is to end, by name.
        package let badSegment: SegmentError?
    }

    package nonisolated let admission: EnrolmentDesk.Admission
    package nonisolated let epoch: LaneEpoch
    /// Where the lanes stood when the session opened, and the bytes that were staged.
    package nonisolated let openedAt: [LanePosition]
    package nonisolated let staged: [Lane: [UInt8]]
    package nonisolated let catalogueWatermark: UInt32

    let ingest: Ingest
    private let partitions: Partitions
    private var catalogue: SeriesCatalogue
    private var next: [Lane: UInt64]
    private var durableOffset: [Lane: UInt64]
    /// What the metrics segments so far left for the next one to be read with.
    private var chain: PredictionChain

    init(
        ingest: Ingest,
        partitions: Partitions,
        admission: EnrolmentDesk.Admission,
        epoch: LaneEpoch,
        positions: [Lane: UInt64],
        chains: [Lane: ChainDigest],
        staged: [Lane: [UInt8]],
        catalogue: SeriesCatalogue,
        chain: PredictionChain
    ) {
        self.ingest = ingest
        self.partitions = partitions
        self.admission = admission
        self.epoch = epoch
        self.staged = staged
        self.catalogue = catalogue
        self.chain = chain
        self.next = positions
        self.durableOffset = staged.mapValues { UInt64($0.count) }
        self.catalogueWatermark = catalogue.watermark
        self.openedAt = positions.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            lane,
            sequence in
            LanePosition(
                lane: lane,
                sequence: sequence,
                offset: UInt64(staged[lane]?.count ?? 0),
                chain: chains[lane] ?? .start
            )
        }
    }

    /// Stores whole segments and stages the durable parts of unfinished ones, in one transaction.
    ///
    /// A lost connection to the database is waited out: the transaction looks at the position before
    /// it stores, so doing it again is safe even when the answer to a COMMIT was lost.
    package func commit(
        _ segments: [ReceiveSession.Segment],
        partials: [ReceiveSession.Partial]
    ) async throws -> Outcome {
        var reached = chain
        let decoded = segments.map { ($0, DecodedSegment($0, chain: &reached)) }
        do {
            let outcome = try await store(decoded, partials: partials)
            chain = reached
            return outcome
        } catch let error as PostgresError {
            guard error.isRefusalOfContent else { throw IngestError.unavailable("\(error)") }
            let outcome = try await commitOneByOne(decoded, partials: partials)
            chain = reached
            return outcome
        } catch let error as SegmentError {
            // Of a stored rollup: nothing of the ship's is wrong, and somebody must look.
            throw IngestError.unavailable("what is stored can't be read: \(error)")
        }
    }

    /// The database refuses something in these segments, and will again: the one it refuses alone is
    /// set aside, so that it doesn't block the lane.
    private func commitOneByOne(
        _ decoded: [(ReceiveSession.Segment, DecodedSegment)],
        partials: [ReceiveSession.Partial]
    ) async throws -> Outcome {
        var bad: SegmentError?
        for (segment, content) in decoded {
            do {
                bad = try await store([(segment, content)], partials: []).badSegment ?? bad
            } catch let error as PostgresError {
                guard error.isRefusalOfContent else { throw IngestError.unavailable("\(error)") }
                let refusal = SegmentError(
                    .malformed,
                    "the database refuses it: \(error.code.rawValue)"
                )
                _ = try await Ingest.reaching {
                    try await store([(segment, .bad(refusal))], partials: [])
                }
                bad = refusal
            }
        }
        let last = try await Ingest.reaching { try await store([], partials: partials) }
        return Outcome(
            acknowledgements: last.acknowledgements,
            badSegment: bad ?? last.badSegment
        )
    }

    private func store(
        _ decoded: [(ReceiveSession.Segment, DecodedSegment)],
        partials: [ReceiveSession.Partial]
    ) async throws -> Outcome {
        let started = ContinuousClock.now
        var backoff = Backoff(floor: .milliseconds(50), ceiling: .seconds(2))
        while true {
            do {
                let outcome = try await attempt(decoded, partials: partials)
                ingest.metrics.commits.increment()
                ingest.metrics.commitSeconds.observe((ContinuousClock.now - started).inSeconds)
                return outcome
            } catch let error as PostgresError {
                // Also when nobody knows whether a COMMIT came through: the next try will see.
                let mayRetry = error.isRetryable || error.code == .commitOutcomeUnknown
                guard mayRetry, ContinuousClock.now - started < Self.patience else { throw error }
                try await Task.sleep(for: backoff.next(random: .random(in: 0..<1)))
            }
        }
    }

    /// How long a session waits for a database that went away. A restart takes seconds; after a
    /// minute the ship had better hear a reset than nothing.
    private static let patience = Duration.seconds(60)

    private func attempt(
        _ decoded: [(ReceiveSession.Segment, DecodedSegment)],
        partials: [ReceiveSession.Partial]
    ) async throws -> Outcome {
        let now = ingest.clock.now()
        let identity = admission.identity
        let fingerprint = admission.fingerprint
        try await partitions.ensure(Self.moments(decoded), now: now)
        try await ingest.logPartitions.ensure(Self.logMoments(decoded), now: now)
        let (epoch, start, standard) = (epoch, catalogue, ingest.standard)
        let listener = ingest.listener
        let result = try await ingest.pool.transaction(tenant: identity.tenant) { connection in
            let desk = LaneDesk(identity: identity, epoch: epoch, connection: connection)
            try desk.checkNotRevoked(fingerprint)
            let quota = QuotaDesk(
                tenant: identity.tenant,
                standard: standard,
                connection: connection
            )
            var work = SegmentStorage(
                desk: desk,
                catalogue: start,
                quota: quota,
                listener: listener,
                at: now
            )
            try work.begin()
            for (segment, content) in decoded { try work.store(segment, content) }
            for partial in partials { try desk.stage(partial) }
            try work.finish()
            return work.result
        }
        catalogue = result.catalogue
        for (segment, _) in decoded {
            // Only what this session received: another one may have moved the lane further, and a
            // ship must never hear of bytes that it did not send here.
            let reached = segment.sequence + 1
            guard reached > next[segment.lane] ?? 0 else { continue }
            next[segment.lane] = reached
            durableOffset[segment.lane] = 0
        }
        for (lane, step) in result.steps {
            ingest.metrics.samples.increment(by: Double(step.records), "\(lane)")
            ingest.metrics.refused.increment(by: Double(step.refused), Quota.Limit.series.rawValue)
            ingest.metrics.segmentBytes.increment(by: Double(step.bytes), "\(lane)")
        }
        ingest.gate?.took(
            samples: [Lane.metrics, .backlog].reduce(0) { $0 + (result.steps[$1]?.records ?? 0) },
            bytes: result.steps.values.reduce(0) { $0 + $1.bytes },
            of: identity.tenant
        )
        for (segment, _) in decoded { ingest.metrics.segments.increment("\(segment.lane)") }
        for error in result.quarantined { ingest.metrics.quarantined.increment(error.code.name) }
        for partial in partials where next[partial.lane] == partial.sequence {
            durableOffset[partial.lane] = partial.offset + UInt64(partial.bytes.count)
        }
        return Outcome(acknowledgements: acknowledgements(), badSegment: result.quarantined.first)
    }

    private func acknowledgements() -> [LaneAcknowledgement] {
        next.sorted { $0.key.rawValue < $1.key.rawValue }.map { lane, sequence in
            LaneAcknowledgement(
                lane: lane,
                committed: sequence,
                durableOffset: durableOffset[lane] ?? 0
            )
        }
    }

    /// The times for which partitions must exist.
    private static func moments(
        _ decoded: [(ReceiveSession.Segment, DecodedSegment)]
    ) -> [Timestamp] {
        decoded.flatMap { _, content -> [Timestamp] in
            let ends: [Timestamp] =
                switch content {
                case .metrics(let metrics): [metrics.segment.first, metrics.segment.last]
                case .summary(.rollups(let rollups)): [rollups.first, rollups.last]
                default: []
                }
            return ends.map {
                TableTime.clamped($0.milliseconds)
            }
        }
    }

    private static func logMoments(
        _ decoded: [(ReceiveSession.Segment, DecodedSegment)]
    ) -> [Timestamp] {
        decoded.compactMap { _, content in
            guard case .logs(let logs) = content else { return nil }
            return TableTime.clamped(logs.last.milliseconds)
        }
    }

    /// Waits for what the tenant's limits leave room for, before segments are stored.
    ///
    /// - Throws: `IngestError.quota` where the wait is too long to sit through.
    package nonisolated func makeRoom() async throws {
        try await ingest.makeRoom(for: admission.identity.tenant)
    }

    /// Writes down the ship's account of its lanes.
    package func tell(_ ledger: LedgerReport) async throws {
        let now = ingest.clock.now()
        let (identity, epoch) = (admission.identity, epoch)
        let differences = try await Ingest.reaching {
            try await ingest.pool.transaction(tenant: identity.tenant) { connection in
                let desk = LaneDesk(identity: identity, epoch: epoch, connection: connection)
                try desk.tell(ledger, at: now)
                // Segments that were sent behind the account may be stored before it is told.
                return try LedgerAudit(desk: desk, now: now).judge(ledger, isExact: false)
            }
        }
        ingest.metrics.note(differences)
    }

    /// What is asked of the ship and not answered yet; from now on it counts as told.
    package func wants() async throws -> [Want] {
        try await Ingest.reaching {
            try await Wants(pool: ingest.pool).tell(admission.identity, at: ingest.clock.now())
        }
    }

    package func note(_ answers: [WantAnswer]) async throws {
        try await Ingest.reaching {
            let now = ingest.clock.now()
            try await Wants(pool: ingest.pool).note(answers, of: admission.identity, at: now)
        }
    }

    /// Writes down what the session used of the link, and that the ship was heard.
    package func note(_ usage: LinkUsage) async throws {
        let now = ingest.clock.now()
        let (identity, epoch) = (admission.identity, epoch)
        do {
            try await ingest.pool.transaction(tenant: identity.tenant) { connection in
                let desk = LaneDesk(identity: identity, epoch: epoch, connection: connection)
                try desk.add(usage, interval: now.floored(to: RollupResolution.fiveMinutes.length))
                if usage.bytesUp > 0 { try desk.touch(at: now) }
            }
        } catch let error as PostgresError {
            guard error.code == .commitOutcomeUnknown else { throw error }
            // Counted or not, nobody knows; counting it again could count it twice.
        }
    }
}

extension PostgresError {
    /// A value that a table can't take (SQLSTATE classes 22, 23 and 54): asking again won't help.
    fileprivate var isRefusalOfContent: Bool {
        guard let sqlState else { return false }
        return ["22", "23", "54"].contains { sqlState.hasPrefix($0) }
    }
}
