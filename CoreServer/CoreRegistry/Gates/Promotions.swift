import CoreDomain
import CorePostgres
import FleetModel
import FoundationEssentials

/// Requests to bring versions under aliases: judged, approved, carried out and remembered.
package struct Promotions: Sendable {
    /// After that nobody's approval counts any more.
    private static let lasts: Duration = .seconds(14 * 86_400)

    /// That wait at a time, of a tenant and of one model.
    package static let mostWaiting: Int64 = 1000
    package static let mostWaitingOfModel: Int64 = 100

    private let pool: PostgresPool

    package init(pool: PostgresPool) { self.pool = pool }

    package func page(
        of tenant: TenantID,
        model: String,
        state: Promotion.State?,
        before: Int64?,
        limit: Int,
        at now: Timestamp
    ) async throws -> Page<Promotion> {
        try RegistryText.checkStorable(model, "model")
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            let found = try connection.execute(
                PromotionQueries.page,
                .int64(tenant.rawValue),
                .int64(before ?? Int64.max),
                .text(model),
                .text(state?.rawValue ?? ""),
                .int64(Int64(limit) + 1),
                .timestamp(now)
            ).map(Promotion.init)
            return Page(found, limit: limit) { "\($0.id)" }
        }
    }

    package func find(
        _ id: Int64,
        of tenant: TenantID,
        at now: Timestamp
    ) async throws -> Promotion {
        try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            try Self.find(id, PromotionQueries.byID, of: tenant, now, connection)
        }
    }

    private static func find(
        _ id: Int64,
        _ statement: Statement,
        of tenant: TenantID,
        _ now: Timestamp,
        _ connection: PostgresConnection
    ) throws -> Promotion {
        let row = try connection.execute(
            statement,
            .int64(tenant.rawValue),
            .int64(id),
            .timestamp(now)
        ).first
        guard let row else { throw DomainError(.notFound, "there is no promotion \(id)") }
        return try Promotion(row)
    }

    /// What was under a model's aliases and stages, the newest first.
    package func moves(
        of model: String,
        target: String,
        in tenant: TenantID,
        before: Int64?,
        limit: Int
    ) async throws -> Page<ModelMove> {
        try RegistryText.checkStorable(model, "model")
        try RegistryText.checkStorable(target, "target")
        return try await pool.transaction(tenant: tenant, readOnly: true) { connection in
            _ = try RegisteredModels.find(model, of: tenant, connection)
            let found = try connection.execute(
                PromotionQueries.moves,
                .int64(tenant.rawValue),
                .text(model),
                .int64(before ?? Int64.max),
                .text(target),
                .int64(Int64(limit) + 1)
            ).map(ModelMove.init)
            return Page(found, limit: limit) { "\($0.number)" }
        }
    }

    /// Judges a version at once; it is moved if nothing speaks against it and nobody need approve.
    package func request(
        _ model: String,
        _ version: Int64,
        to target: String,
        evidence: PromotionEvidence,
        reason: String,
        _ act: Act
    ) async throws -> Promotion {
        try RegistryText.checkStorable(model, "model")
        try RegistryText.check(reason, "reason", atMost: 2000)
        let target = try MoveTarget(target)
        try evidence.check()
        return try await pool.transaction(tenant: act.tenant) { connection in
            let move = try AliasMove(model, version, to: target, act, connection)
            if let refusal = try move.leavingRefusal() { throw refusal.error }
            let verdict = try move.verdict(evidence)
            let state: Promotion.State =
                !verdict.passes ? .refused : verdict.isApproved ? .applied : .waiting
            if state == .waiting { try Self.requireRoom(beside: move.model, act, connection) }
            let row = try connection.execute(
                PromotionQueries.insert,
                values: [
                    .int64(act.tenant.rawValue), .int64(move.model.number), .text(model),
                    .int64(version), .text(target.text), .text(state.rawValue), .text(reason),
                    .text(try Self.json(evidence)), .text(try Self.json(verdict)),
                    .int64(act.caller.user), .text(act.caller.name), .timestamp(act.now),
                    .timestamp(act.now + Self.lasts),
                    state == .waiting ? .null : .timestamp(act.now),
                    .textArray(act.caller.rolesOfTenant.map(\.rawValue)),
                ]
            ).first
            guard let row else { throw DomainError(.conflict, "it was not stored; try again") }
            let promotion = try Promotion(row)
            try act.trail(connection).created(promotion)
            switch state {
            case .applied: try move.make(archivesOthers: target.stage != nil, for: promotion.id)
            case .waiting:
                try WebhookOutbox.add(.promotionWaiting, promotion.data, act, connection)
            default:
                try WebhookOutbox.add(
                    .gateFailed,
                    move.refusalData(verdict.objections, promotion: promotion.id),
                    act,
                    connection
                )
            }
            return promotion
        }
    }

    private static func requireRoom(
        beside model: RegisteredModel,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        let row = try connection.execute(
            PromotionQueries.waiting,
            .int64(act.tenant.rawValue),
            .int64(model.number),
            .timestamp(act.now)
        ).first
        guard try row?.int64("promotions") ?? 0 < mostWaiting,
            try row?.int64("of_model") ?? 0 < mostWaitingOfModel
        else {
            throw DomainError(
                .conflict,
                "\(mostWaitingOfModel) requests may wait for a model, \(mostWaiting) in all: "
                    + "have some decided or withdrawn first"
            )
        }
    }

    /// Agrees to somebody else's request. The last approval that is needed has the version judged anew,
    /// since what it is compared with may be another by now, and moves the alias.
    ///
    /// - Throws: `DomainError` `forbidden` for one's own request, and where no gate counts an approval by
    ///   the caller's roles; `conflict` where nothing waits.
    package func approve(_ id: Int64, comment: String, _ act: Act) async throws -> Promotion {
        try await decide(id, isApproval: true, comment: comment, act) { promotion, connection in
            let move = try AliasMove(
                promotion.model,
                promotion.modelVersion,
                to: MoveTarget(promotion.target),
                act,
                connection
            )
            guard move.model.number == promotion.modelNumber else {
                throw DomainError(.conflict, "\(promotion.model) is another model by now")
            }
            if let refusal = try move.leavingRefusal() { throw refusal.error }
            var verdict = try move.verdict(promotion.evidence)
            try Self.requireCounting(act.caller, for: promotion, verdict)
            try Self.enterApprovals(of: promotion, into: &verdict, act.tenant, connection)
            guard verdict.passes else {
                try WebhookOutbox.add(
                    .gateFailed,
                    move.refusalData(verdict.objections, promotion: id),
                    act,
                    connection
                )
                return (.refused, verdict)
            }
            guard verdict.isApproved else { return (.waiting, verdict) }
            try move.make(archivesOthers: move.target.stage != nil, for: id)
            return (.applied, verdict)
        }
    }

    /// - Throws: `DomainError` `forbidden` where nobody is helped by this approval.
    private static func requireCounting(
        _ caller: Principal,
        for promotion: Promotion,
        _ verdict: GateVerdict
    ) throws(DomainError) {
        let roles = caller.approvingRoles.map(\.rawValue)
        let counts = verdict.approvals.contains {
            $0.approvers.accepts(roles, requester: promotion.requesterRoles)
        }
        guard counts || verdict.approvals.isEmpty else {
            let role = roles.isEmpty ? "no role" : "the role \(roles.joined(separator: ", "))"
            throw DomainError(
                .forbidden,
                "your approval, by \(role), does not count here: \(verdict.approvalsMissing)"
            )
        }
    }

    private static func enterApprovals(
        of promotion: Promotion,
        into verdict: inout GateVerdict,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws {
        let given = try connection.execute(
            PromotionQueries.approvers,
            .int64(tenant.rawValue),
            .int64(promotion.id)
        ).map { (name: try $0.text("user_name"), roles: try $0.textArray("roles")) }
        verdict.approvedBy = given.map(\.name)
        for index in verdict.approvals.indices {
            let approvers = verdict.approvals[index].approvers
            verdict.approvals[index].by =
                given
                .filter { approvers.accepts($0.roles, requester: promotion.requesterRoles) }
                .map(\.name)
        }
    }

    package func reject(_ id: Int64, comment: String, _ act: Act) async throws -> Promotion {
        try await decide(id, isApproval: false, comment: comment, act) { promotion, _ in
            (.rejected, promotion.verdict)
        }
    }

    /// By who asked.
    package func withdraw(_ id: Int64, _ act: Act) async throws -> Promotion {
        try await change(id, act) { promotion, _ in
            guard promotion.requester == act.caller.user else {
                throw DomainError(.forbidden, "who asked can withdraw; others can reject")
            }
            return (.withdrawn, promotion.verdict)
        }
    }

    private func decide(
        _ id: Int64,
        isApproval: Bool,
        comment: String,
        _ act: Act,
        _ body:
            @Sendable @escaping (Promotion, PostgresConnection) throws -> (
                Promotion.State, GateVerdict
            )
    ) async throws -> Promotion {
        try RegistryText.check(comment, "comment", atMost: 2000)
        return try await change(id, act) { promotion, connection in
            guard promotion.requester != act.caller.user else {
                throw DomainError(
                    .forbidden,
                    "somebody else decides: this is your own request (you can withdraw it)"
                )
            }
            let count = try connection.executeCount(
                PromotionQueries.approve,
                values: [
                    .int64(act.tenant.rawValue), .int64(id), .int64(act.caller.user),
                    .text(act.caller.name), .bool(isApproval), .text(comment),
                    .timestamp(act.now),
                    .textArray(act.caller.approvingRoles.map(\.rawValue)),
                ]
            )
            guard count > 0 else { throw DomainError(.conflict, "you have decided already") }
            return try body(promotion, connection)
        }
    }

    private func change(
        _ id: Int64,
        _ act: Act,
        _ body:
            @Sendable @escaping (Promotion, PostgresConnection) throws -> (
                Promotion.State, GateVerdict
            )
    ) async throws -> Promotion {
        try await pool.transaction(tenant: act.tenant) { connection in
            let before = try Self.find(
                id,
                PromotionQueries.lock,
                of: act.tenant,
                act.now,
                connection
            )
            guard before.state == .waiting else {
                throw DomainError(.conflict, "promotion \(id) is \(before.state.rawValue) already")
            }
            let (state, verdict) = try body(before, connection)
            let row = try connection.execute(
                PromotionQueries.decide,
                .int64(act.tenant.rawValue),
                .int64(id),
                .text(state.rawValue),
                .text(try Self.json(verdict)),
                state == .waiting ? .null : .timestamp(act.now)
            ).first
            guard let row else { throw DomainError(.notFound, "there is no promotion \(id)") }
            let after = try Promotion(row)
            try act.trail(connection).changed(before, to: after)
            if state != .waiting {
                try WebhookOutbox.add(.promotionDecided, after.data, act, connection)
            }
            return after
        }
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
