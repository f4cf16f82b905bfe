import CoreDomain
import CorePostgres
import CoreTestSupport
import FleetIdentity
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetTestSupport
import Logging

/// The domain over a database of its own, without the edge.
struct Shore: Sendable {
    static let now = Timestamp(milliseconds: 1_795_254_788_000)
    static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    let pool: PostgresPool
    /// As superuser, for looking and for planting faults.
    let superuser: PostgresPool
    let keys: ServerKeys
    let tenants: Tenants
    let ships: Ships
    let desk: EnrolmentDesk
    let ingest: Ingest
    let telemetry: Telemetry
    let tokens: AccessTokens

    var reports: Reports {
        Reports(pool: pool, telemetry: telemetry, tenants: tenants, clock: .fixed(Self.now))
    }

    init(_ database: TestDatabase, keysIn folder: String, size: Int) throws {
        pool = PostgresPool(
            PostgresPoolConfiguration(
                connectionString: database.serverConnectionString,
                size: size,
                acquireTimeout: .seconds(60),
                applicationName: "shore"
            ),
            logger: Self.silent
        )
        superuser = PostgresPool(
            PostgresPoolConfiguration(
                connectionString: database.superuserConnectionString,
                size: 1,
                acquireTimeout: .seconds(60),
                applicationName: "looker"
            ),
            logger: Self.silent
        )
        keys = try ServerKeys(directory: folder, at: Self.now)
        let authorities = TenantAuthorities(pool: pool, keys: keys)
        tenants = Tenants(pool: pool, authorities: authorities)
        ships = Ships(pool: pool, keys: keys)
        desk = EnrolmentDesk(pool: pool, authorities: authorities)
        ingest = Ingest(
            pool: pool,
            clock: .fixed(Self.now),
            metrics: IngestMetrics(MetricsRegistry())
        )
        telemetry = Telemetry(pool: pool)
        tokens = AccessTokens(pool: pool)
    }

    /// A new ship of a new tenant, enrolled and admitted.
    func ship(
        tenant name: String = "acme",
        _ ship: String = "aurora"
    ) async throws -> EnrolmentDesk.Admission {
        let tenant = try await tenants.create(name: name, at: Self.now, for: .command("test"))
        return try await self.ship(of: tenant, ship)
    }

    func ship(of tenant: Tenant, _ name: String) async throws -> EnrolmentDesk.Admission {
        let created = try await ships.create(
            tenant: tenant.id,
            name: name,
            tokenLasting: .seconds(60),
            at: Self.now,
            for: .command("test")
        )
        let request = try CertificateRequest(key: PrivateKey(), commonName: "ship")
        let enrolment = try await desk.enrol(
            token: created.enrolmentToken,
            request: request.der,
            at: Self.now
        )
        return try await desk.admit(certificateDER: enrolment.certificate.der, at: Self.now)
    }

    /// Somebody with a token of this role.
    func caller(_ tenant: TenantID, _ role: Role) async throws -> Principal {
        let token = try await tokens.create(
            tenant: tenant,
            name: "bridge",
            role: role,
            lasting: .seconds(3600),
            at: Self.now,
            for: .command("test")
        )
        return try await tokens.principal(for: token, at: Self.now)
    }

    /// A session from positions that the ship does not know: the state tells it.
    func open(
        _ admission: EnrolmentDesk.Admission,
        epoch: UInt64 = 1,
        positions: [LanePosition] = Lane.allCases.map { LanePosition(lane: $0) },
        ledger: [Lane: LedgerTotals] = [:]
    ) async throws -> IngestSession {
        try await ingest.open(
            admission,
            hello: Self.hello(epoch: epoch, positions: positions, ledger: ledger)
        )
    }

    static func hello(
        epoch: UInt64 = 1,
        positions: [LanePosition],
        ledger: [Lane: LedgerTotals] = [:]
    ) -> Hello {
        Hello(
            agentVersion: "test",
            epoch: LaneEpoch(epoch),
            at: now,
            lanes: positions.map {
                Hello.LaneReport(position: $0, firstHeld: 0, end: $0.sequence + 1000)
            },
            ledger: LedgerReport(totals: ledger)
        )
    }

    /// One number of one row, as the superuser sees it.
    func number(_ sql: String) async throws -> Int64 {
        try await superuser.withConnection { connection in
            try connection.execute(
                Statement(Self.name(of: sql), "SELECT (\(sql))::bigint AS number")
            )
            .first?.int64("number") ?? -1
        }
    }

    func run(_ sql: String) async throws {
        try await superuser.withConnection { try $0.run(script: sql) }
    }

    static func name(of sql: String) -> String {
        "look_" + sql.utf8.reduce(UInt64(5381)) { $0 &* 33 ^ UInt64($1) }.description
    }
}

/// Lends a shore, and takes everything of it away.
func withShore<Value>(
    size: Int = 4,
    _ body: (Shore) async throws -> Value
) async throws -> Value {
    try await PostgresFixture.withDatabase(migrations: PostgresFixture.schema) { database in
        try await withTemporaryDirectory { folder in
            let shore = try Shore(database, keysIn: folder + "/keys", size: size)
            do {
                let value = try await body(shore)
                await shore.pool.close()
                await shore.superuser.close()
                return value
            } catch {
                await shore.pool.close()
                await shore.superuser.close()
                throw error
            }
        }
    }
}
