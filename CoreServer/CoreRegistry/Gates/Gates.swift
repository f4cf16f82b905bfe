import CoreDomain
import CorePostgres
import FleetModel
import FoundationEssentials

/// The gates of a tenant.
package struct Gates: Sendable {
    /// Of a tenant, and of them with one model's name, or for all models.
    package static let most: Int64 = 500
    package static let mostOfModel: Int64 = 50

    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    package func page(
        of tenant: TenantID,
        after cursor: String?,
        limit: Int
    ) async throws -> Page<Gate> {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let found = try connection.execute(
                GateQueries.list,
                .int64(tenant.rawValue),
                .text(cursor ?? ""),
                .int64(Int64(limit) + 1)
            ).map(Gate.init)
            return Page(found, limit: limit) { $0.name }
        }
    }

    /// Those before a model's aliases and stages, whichever.
    static func all(
        of model: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [Gate] {
        try connection.execute(
            GateQueries.ofModel,
            .int64(tenant.rawValue),
            .text(model)
        ).map(Gate.init)
    }

    package func find(_ name: String, of tenant: TenantID) async throws -> Gate {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try Self.find(name, of: tenant, connection)
        }
    }

    private static func find(
        _ name: String,
        _ statement: Statement = GateQueries.byName,
        of tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> Gate {
        let row = try connection.execute(
            statement,
            .int64(tenant.rawValue),
            .text(name)
        ).first
        guard let row else { throw DomainError(.notFound, "there is no gate named \(name)") }
        return try Gate(row)
    }

    package func create(
        _ name: String,
        _ details: GateDetails,
        _ act: Act
    ) async throws -> Gate {
        try Slug.check(name, what: "gate")
        do {
            return try await write(name, details, GateQueries.insert, act) { _ in nil }
        } catch let error as PostgresError where error.isUniqueViolation(constraint: "gates_pkey") {
            throw DomainError(.conflict, "a gate named \(name) exists already")
        }
    }

    package func change(
        _ name: String,
        _ match: VersionMatch,
        _ details: GateDetails,
        _ act: Act
    ) async throws -> Gate {
        try await write(name, details, GateQueries.update, act) { connection in
            let before = try Self.find(name, GateQueries.lock, of: act.tenant, connection)
            try match.check(before)
            return before
        }
    }

    /// - Parameter before: gives what was there.
    private func write(
        _ name: String,
        _ details: GateDetails,
        _ statement: Statement,
        _ act: Act,
        before: @Sendable @escaping (PostgresConnection) throws -> Gate?
    ) async throws -> Gate {
        let target = try details.check()
        let rules = String(decoding: try JSONEncoder().encode(details.rules), as: UTF8.self)
        return try await pool.transaction(tenant: act.tenant) { connection in
            let old = try before(connection)
            try Self.requireRoom(for: name, of: details.model, act.tenant, connection)
            let row = try connection.execute(
                statement,
                values: [
                    .int64(act.tenant.rawValue), .text(name), .text(details.model),
                    .text(target.text), .text(rules), .int32(Int32(details.approvals)),
                    .timestamp(act.now), .text(details.approvers.rawValue),
                ]
            ).first
            guard let row else { throw DomainError(.notFound, "there is no gate named \(name)") }
            let gate = try Gate(row)
            let trail = act.trail(connection)
            if let old { try trail.changed(old, to: gate) } else { try trail.created(gate) }
            return gate
        }
    }

    private static func requireRoom(
        for name: String,
        of model: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        let row = try connection.execute(
            GateQueries.count,
            .int64(tenant.rawValue),
            .text(model),
            .text(name)
        ).first
        guard try row?.int64("gates") ?? 0 < most else {
            throw RegistryError.invalid("a tenant has at most \(most) gates")
        }
        guard try row?.int64("of_model") ?? 0 < mostOfModel else {
            throw RegistryError.invalid("at most \(mostOfModel) gates have the same model")
        }
    }

    package func delete(_ name: String, _ match: VersionMatch, _ act: Act) async throws {
        try await pool.transaction(tenant: act.tenant) { connection in
            let gate = try Self.find(name, GateQueries.lock, of: act.tenant, connection)
            try match.check(gate)
            try connection.execute(
                GateQueries.delete,
                .int64(act.tenant.rawValue),
                .text(name)
            )
            try act.trail(connection).deleted(gate)
        }
    }
}
