import CoreAudit
import CorePostgres
import FleetModel
import FleetProtocol
import FleetRuntime

/// Takes what ships send into PostgreSQL, exactly once.
package struct Ingest: Sendable {
    let pool: PostgresPool
    let clock: WallClock
    let metrics: IngestMetrics
    /// What the configuration says where a tenant has no limit of its own.
    let standard: Quota
    /// Of what ships send; none where nothing is limited by time.
    let gate: IngestGate?
    /// Whose seals of the audit count.
    let auditKeys: [AuditHash]
    let listener: (any EventListener)?
    private let partitions: Partitions
    let logPartitions: Partitions

    package init(
        pool: PostgresPool,
        clock: WallClock,
        metrics: IngestMetrics,
        standard: Quota = .unlimited,
        gate: IngestGate? = nil,
        auditKeys: [AuditHash] = [],
        listener: (any EventListener)? = nil
    ) {
        self.listener = listener
        self.pool = pool
        self.standard = standard
        self.gate = gate
        self.auditKeys = auditKeys
        self.clock = clock
        self.metrics = metrics
        self.partitions = Partitions(pool: pool, statement: IngestQueries.ensurePartitions)
        self.logPartitions = Logs.partitions(pool)
    }

    /// Opens a ship's session: what the shore really has of each lane that the hello names.
    ///
    /// - Throws: `IngestError`, or `PostgresError` where the database can't be asked.
    package func open(
        _ admission: EnrolmentDesk.Admission,
        hello: Hello
    ) async throws -> IngestSession {
        let now = clock.now()
        let lanes = hello.lanes.map(\.position.lane)
        let identity = admission.identity
        let epoch = hello.epoch
        let standard = standard
        let opened = try await Self.reaching { [pool] in
            try await pool.transaction(tenant: identity.tenant) { connection in
                let desk = LaneDesk(identity: identity, epoch: epoch, connection: connection)
                try desk.checkNotRevoked(admission.fingerprint)
                for lane in lanes { try desk.ensure(lane, at: now) }
                let positions = try desk.lock().filter { lanes.contains($0.key) }
                var staged: [Lane: [UInt8]] = [:]
                for (lane, position) in positions {
                    staged[lane] = try desk.staged(lane, sequence: position.sequence)
                }
                var catalogue = SeriesCatalogue(identity: identity, epoch: epoch)
                try catalogue.load(at: positions[.catalogue]?.sequence ?? 0, connection)
                try catalogue.readmit(
                    QuotaDesk(
                        tenant: identity.tenant,
                        standard: standard,
                        connection: connection
                    )
                )
                try desk.noteContact(
                    at: now,
                    agentVersion: hello.agentVersion,
                    clockOffset: hello.at - now
                )
                try desk.note(clockOffset: hello.at - now, at: now)
                try desk.closeEpochs(before: hello, at: now)
                try desk.tell(hello.ledger, at: now)
                let audit = LedgerAudit(desk: desk, now: now)
                let differences = try audit.judge(hello.ledger, isExact: true)
                return (
                    positions: positions,
                    staged: staged,
                    catalogue: catalogue,
                    tail: try desk.tail(),
                    differences: differences
                )
            }
        }
        metrics.note(opened.differences)
        return IngestSession(
            ingest: self,
            partitions: partitions,
            admission: admission,
            epoch: epoch,
            positions: opened.positions.mapValues(\.sequence),
            chains: opened.positions.mapValues(\.chain),
            staged: opened.staged,
            catalogue: opened.catalogue,
            chain: PredictionChain(replaying: opened.tail)
        )
    }

    /// Why this ship and this shore can't go on from where they stand: they mean different bytes. The
    /// ship is told where the shore stands all the same, and begins anew.
    package static func disagreement(
        _ hello: Hello,
        _ session: IngestSession
    ) -> IngestError? {
        for report in hello.lanes {
            let truth = session.openedAt.first { $0.lane == report.position.lane }
            guard let truth, truth.sequence == report.position.sequence,
                truth.chain != report.position.chain
            else { continue }
            return .disagreement(
                "ship and shore have different bytes before segment \(truth.sequence) of "
                    + "\(report.position.lane)"
            )
        }
        return nil
    }

    /// Waits until the tenant's limits leave room for more.
    ///
    /// - Throws: `IngestError.quota` where that takes too long.
    package func makeRoom(for tenant: TenantID) async throws {
        guard let gate else { return }
        try await Self.reaching { try await gate.makeRoom(for: tenant, at: clock.now()) }
    }

    /// Two agents speak at once under this ship's identity: people must look into it.
    package func noteTwin(of identity: ShipIdentity) async throws {
        let now = clock.now()
        try await Self.reaching { [pool] in
            try await pool.transaction(tenant: identity.tenant) { connection in
                let desk = LaneDesk(
                    identity: identity,
                    epoch: LaneEpoch(0),
                    connection: connection
                )
                try desk.raise(
                    .critical,
                    "identity_used_twice",
                    "a second agent came under this ship's identity while the first was connected, "
                        + "and was refused: is the ship's disk copied, or its key stolen?",
                    at: now
                )
            }
        }
    }

    /// Turns the database's troubles into what the sync port knows: it never sees PostgreSQL.
    static func reaching<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as PostgresError {
            throw IngestError.unavailable("\(error)")
        }
    }
}
