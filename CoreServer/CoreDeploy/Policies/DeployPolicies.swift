import CoreDomain
import CorePostgres
import FleetModel

/// What deployments are held to, and when nothing is released.
package struct DeployPolicies: Sendable {
    /// Of each, so that a release reads them all.
    package static let limit = 1000

    /// What of a policy is set.
    package struct Details: Sendable {
        package let kind: DeployPolicy.Kind
        package let priority: Int32
        package let selector: FleetSelector?
        package let isDryRun: Bool
        package let amount: Int64
        package let currency: String
        package let percent: Int64?

        package init(
            kind: DeployPolicy.Kind,
            priority: Int32 = 0,
            selector: FleetSelector? = nil,
            isDryRun: Bool = false,
            amount: Int64,
            currency: String = "",
            percent: Int64? = nil
        ) {
            self.kind = kind
            self.priority = priority
            self.selector = selector
            self.isDryRun = isDryRun
            self.amount = amount
            self.currency = currency
            self.percent = percent
        }
    }

    private let pool: PostgresPool

    package init(pool: PostgresPool) {
        self.pool = pool
    }

    // MARK: Policies

    package func page(
        of tenant: TenantID,
        after cursor: String?,
        limit: Int
    ) async throws -> Page<DeployPolicy> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let found = try connection.execute(
                PolicyQueries.policies,
                .int64(tenant.rawValue),
                .text(cursor ?? ""),
                .int64(Int64(limit) + 1)
            ).map(DeployPolicy.init)
            return Page(found, limit: limit) { $0.name }
        }
    }

    /// Makes it, or sets it anew.
    package func put(_ name: String, _ details: Details, _ act: Act) async throws -> DeployPolicy {
        try Slug.check(name, what: "policy")
        let needsCurrency = details.kind == .costCeiling
        let isCurrency =
            details.currency.utf8.count == 3
            && details.currency.utf8.allSatisfy { 0x41...0x5A ~= $0 }
        guard needsCurrency ? isCurrency : details.currency.isEmpty else {
            throw DomainError(
                .invalid,
                "'currency' is three capital letters, of a cost_ceiling alone"
            )
        }
        guard details.amount >= 0, details.kind != .approvals || details.amount <= 10 else {
            throw DomainError(.invalid, "'amount' is 0 or more, of approvals at most 10")
        }
        let needsPercent = details.kind == .freshShare
        guard needsPercent == (details.percent != nil), 1...100 ~= details.percent ?? 1 else {
            throw DomainError(.invalid, "'percent' is 1 to 100, of a fresh_share alone")
        }
        return try await pool.transaction(tenant: act.tenant) { connection in
            let before = try Self.find(name, of: act.tenant, connection)
            if before == nil {
                let count = try Self.all(of: act.tenant, connection).count
                guard count < Self.limit else {
                    throw DomainError(.conflict, "there are \(Self.limit) policies already")
                }
            }
            let row = try connection.execute(
                PolicyQueries.putPolicy,
                values: [
                    .int64(act.tenant.rawValue), .text(name), .text(details.kind.rawValue),
                    .int32(details.priority),
                    try Self.json(details.selector),
                    .bool(details.isDryRun), .int64(details.amount), .text(details.currency),
                    .timestamp(act.now),
                    .optional(details.percent.map { Int32(clamping: $0) }, PostgresValue.int32),
                ]
            ).first
            guard let row else { throw DomainError(.conflict, "it was not stored; try again") }
            let after = try DeployPolicy(row)
            try act.trail(connection).put(after, inPlaceOf: before)
            return after
        }
    }

    package func delete(_ name: String, _ act: Act) async throws {
        try await pool.transaction(tenant: act.tenant) { connection in
            guard let before = try Self.find(name, of: act.tenant, connection) else {
                throw DomainError(.notFound, "there is no policy named \(name)")
            }
            try connection.execute(
                PolicyQueries.deletePolicy,
                .int64(act.tenant.rawValue),
                .text(name)
            )
            try act.trail(connection).deleted(before)
        }
    }

    private static func find(
        _ name: String,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> DeployPolicy? {
        try connection.execute(PolicyQueries.policy, .int64(tenant.rawValue), .text(name)).first
            .map(DeployPolicy.init)
    }

    static func all(
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [DeployPolicy] {
        try connection.execute(
            PolicyQueries.policies,
            .int64(tenant.rawValue),
            .text(""),
            .int64(Int64(limit))
        ).map(DeployPolicy.init)
    }

    // MARK: Freezes

    /// That hold now.
    static func freezes(
        of tenant: TenantID,
        at now: Timestamp,
        _ connection: PostgresConnection
    ) throws -> [Freeze] {
        try connection.execute(
            PolicyQueries.freezesAt,
            .int64(tenant.rawValue),
            .timestamp(now)
        ).map(Freeze.init)
    }

    package func freezes(
        of tenant: TenantID,
        after cursor: String?,
        limit: Int
    ) async throws -> Page<Freeze> {
        guard let after = cursor.map(Int64.init) ?? 0 else {
            throw DomainError(.invalid, "'cursor' is what the page before said is next")
        }
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let found = try connection.execute(
                PolicyQueries.freezes,
                .int64(tenant.rawValue),
                .int64(after),
                .int64(Int64(limit) + 1)
            ).map(Freeze.init)
            return Page(found, limit: limit) { "\($0.id)" }
        }
    }

    package func freeze(
        _ name: String,
        _ selector: FleetSelector?,
        from: Timestamp,
        to: Timestamp,
        reason: String,
        _ act: Act
    ) async throws -> Freeze {
        try Slug.check(name, what: "freeze")
        guard from < to else { throw DomainError(.invalid, "'from' lies before 'to'") }
        guard reason.utf8.count <= 2000 else {
            throw DomainError(.invalid, "'reason' has at most 2000 bytes")
        }
        do {
            return try await pool.transaction(tenant: act.tenant) { connection in
                let row = try connection.execute(
                    PolicyQueries.insertFreeze,
                    values: [
                        .int64(act.tenant.rawValue), .text(name),
                        try Self.json(selector),
                        .timestamp(from), .timestamp(to), .text(reason), .timestamp(act.now),
                    ]
                ).first
                guard let row else { throw DomainError(.conflict, "it was not stored; try again") }
                let freeze = try Freeze(row)
                try act.trail(connection).created(freeze)
                return freeze
            }
        } catch let error as PostgresError
            where error.isUniqueViolation(constraint: "freezes_name_key")
        {
            throw DomainError(.conflict, "a freeze named \(name) exists already")
        }
    }

    package func unfreeze(_ id: Int64, _ act: Act) async throws {
        try await pool.transaction(tenant: act.tenant) { connection in
            let row = try connection.execute(
                PolicyQueries.freeze,
                .int64(act.tenant.rawValue),
                .int64(id)
            ).first
            guard let row else { throw DomainError(.notFound, "there is no freeze \(id)") }
            try connection.execute(
                PolicyQueries.deleteFreeze,
                .int64(act.tenant.rawValue),
                .int64(id)
            )
            try act.trail(connection).deleted(try Freeze(row))
        }
    }

    private static func json(_ selector: FleetSelector?) throws -> PostgresValue {
        guard let selector else { return .null }
        return .text(try Freeze.text(selector.values.mapValues(Array.init)))
    }
}
