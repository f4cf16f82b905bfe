import CoreDomain
import CoreMigrations
import CorePostgres
import CoreTestSupport
import FleetIdentity
import FleetModel
import FleetRuntime
import FleetTestSupport
import Foundation
import Logging

/// A real core-server over a database of its own, and the means to act for its administrator.
struct Shore: Sendable {
    let process: RunningProcess
    let database: TestDatabase
    /// The server's `--data`.
    let data: String
    let apiPort: Int
    let syncPort: Int
    /// As the server's role.
    let pool: PostgresPool
    /// For planting, and for looking past row security.
    let superuser: PostgresPool
    let keys: ServerKeys
    let authorities: TenantAuthorities
    let tenants: Tenants
    let ships: Ships
    let tokens: AccessTokens
    let desk: EnrolmentDesk

    /// The server that the suite's `.shore` trait started.
    @TaskLocal static var running: Shore?

    /// - Throws: where a suite forgot its trait.
    static func current() throws -> Shore {
        guard let running else { throw CommandError("this suite lacks the trait .shore") }
        return running
    }

    static let migrations = CoreMigrations.files.map {
        Migration(number: $0.number, title: $0.title, sql: $0.sql)
    }

    init(
        process: RunningProcess,
        database: TestDatabase,
        data: String,
        pool: PostgresPool,
        superuser: PostgresPool
    ) async throws {
        self.process = process
        self.database = database
        self.data = data
        self.pool = pool
        self.superuser = superuser
        let ports = try await Self.ports(process, data)
        apiPort = ports.api
        syncPort = ports.sync
        keys = try ServerKeys(directory: data + "/authority", at: .now)
        authorities = TenantAuthorities(pool: pool, keys: keys)
        tenants = Tenants(pool: pool, authorities: authorities)
        ships = Ships(pool: pool, keys: keys)
        tokens = AccessTokens(pool: pool)
        desk = EnrolmentDesk(pool: pool, authorities: authorities)
    }

    private static func ports(
        _ process: RunningProcess,
        _ data: String
    ) async throws -> (api: Int, sync: Int) {
        try await process.waitForLine(containing: "serving:", timeout: .seconds(240))
        let bytes = try AtomicFile.read(data + "/endpoints.json", limit: 4096)
        let endpoints = try JSONDecoder().decode([String: Endpoint].self, from: Data(bytes))
        guard let api = endpoints["api"]?.port, let sync = endpoints["sync"]?.port else {
            throw CommandError("endpoints.json names no ports")
        }
        return (api, sync)
    }

    var authority: IssuedCertificate { keys.authority.certificate }

    /// Everything the server has logged.
    var log: String { process.standardError + process.standardOutput }

    /// Asks the API.
    func call(
        _ path: String,
        method: String = "GET",
        token: String? = nil,
        headers: [String] = [],
        body: String? = nil
    ) async throws -> APIResponse {
        var headers = headers
        if let token { headers.append("Authorization: Bearer \(token)") }
        return try await APICall(method: method, path: path, headers: headers, body: body)
            .answer(port: apiPort, authority: authority)
    }

    /// One series of `/metrics` by its full name; 0 where it is not there yet.
    func metric(_ series: String) async throws -> Double {
        let page = try await call("/metrics")
        return MetricsPage(page.body)[series] ?? 0
    }

    /// Runs SQL past row security and gives the column `value` of every row, as text.
    func look(_ sql: String) async throws -> [String] {
        try await superuser.withConnection { connection in
            try connection.execute(Statement(sql: sql)).map { try $0.text("value") }
        }
    }

    func plant(_ script: String) async throws {
        try await superuser.withConnection { try $0.run(script: script) }
    }

    func makeTenant(_ name: String) async throws -> Tenant {
        try await tenants.create(name: name, at: .now, for: .command("test"))
    }

    func makeToken(_ tenant: Tenant, role: Role = .viewer) async throws -> String {
        try await tokens.create(
            tenant: tenant.id,
            name: "test",
            role: role,
            lasting: .seconds(3600),
            at: .now,
            for: .command("test")
        )
    }

    /// Enters a ship and enrols it, at this moment or any other.
    func makeShip(
        _ name: String,
        of tenant: Tenant,
        at moment: Timestamp = .now
    ) async throws -> TestShip {
        let created = try await ships.create(
            tenant: tenant.id,
            name: name,
            tokenLasting: .seconds(3600),
            at: moment,
            for: .command("test")
        )
        let key = PrivateKey()
        let enrolment = try await desk.enrol(
            token: created.enrolmentToken,
            request: CertificateRequest(key: key, commonName: name).der,
            at: moment
        )
        return TestShip(
            ship: created.ship,
            key: key,
            certificate: enrolment.certificate,
            tenant: tenant
        )
    }
}
