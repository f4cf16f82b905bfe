import CoreDomain
import CorePostgres
import FleetModel

/// The one place where an alias or a stage comes to another version: it knows the gates before it, and
/// writes the move down.
struct AliasMove {
    let model: RegisteredModel
    let version: ModelVersion
    let target: String
    let gates: [Gate]
    /// What is there now.
    private let current: ModelVersion?
    private let act: Act
    private let connection: PostgresConnection

    /// Locks the model, so that two moves take turns.
    ///
    /// - Parameter target: an alias, or `stage:` and a stage's name.
    /// - Throws: `RegistryError` `missing`.
    init(
        _ name: String,
        _ number: Int64,
        to target: String,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        model = try RegisteredModels.find(name, ModelQueries.lock, of: act.tenant, connection)
        version = try ModelVersions.find(name, number, of: act.tenant, connection)
        self.target = target
        self.act = act
        self.connection = connection
        gates = try Self.standing(before: target, of: name, act.tenant, connection)
        let there: Int64?
        if target.hasPrefix("stage:") {
            let stage = try ModelStage(word: String(target.dropFirst(6)))
            there = try connection.execute(
                ModelQueries.latest,
                .int64(act.tenant.rawValue),
                .int64Array([model.number])
            ).map(ModelVersion.init).first { $0.stage == stage }?.version
        } else {
            there = model.aliases.first { $0.name == target }?.version
        }
        current =
            try gates.isEmpty
            ? nil
            : there.map { try ModelVersions.find(name, $0, of: act.tenant, connection) }
    }

    static func standing(
        before target: String,
        of model: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [Gate] {
        try connection.execute(
            GateQueries.standing,
            .int64(tenant.rawValue),
            .text(model),
            .text(target)
        ).map(Gate.init)
    }

    func verdict(_ evidence: PromotionEvidence) throws -> GateVerdict {
        try GateJudge(
            tenant: act.tenant,
            version: version,
            current: current?.version == version.version ? nil : current,
            evidence: evidence,
            now: act.now,
            connection: connection
        ).verdict(of: gates)
    }

    /// Without a request: what speaks for the version is its own run alone, and nobody can approve.
    ///
    /// - Throws: `GateRefusal` that says what is missing.
    func requireOpen() throws {
        guard !gates.isEmpty else { return }
        let verdict = try verdict(PromotionEvidence())
        let names = gates.map(\.name).joined(separator: ", ")
        guard verdict.passes else {
            throw refusal(
                verdict.objections,
                "The gate \(names) refuses version \(version.version) of \(model.name) as "
                    + "\(target): \(verdict.objections)"
            )
        }
        guard verdict.isApproved else {
            throw refusal(
                "\(verdict.approvalsNeeded) approval(s) are needed",
                "The gate \(names) wants \(verdict.approvalsNeeded) approval(s) before version "
                    + "\(version.version) of \(model.name) becomes \(target): ask for them by "
                    + "POST /api/v1/promotions"
            )
        }
    }

    private func refusal(_ objections: String, _ message: String) -> GateRefusal {
        GateRefusal(error: .invalid(message), data: refusalData(objections, promotion: nil))
    }

    /// What webhooks are told of a refusal.
    func refusalData(_ objections: String, promotion: Int64?) -> [String: WebhookValue] {
        [
            "name": .text(model.name), "version": .text("\(version.version)"),
            "target": .text(target), "gates": .list(gates.map(\.name)),
            "promotion": promotion.map { .number($0) } ?? .null, "objections": .text(objections),
        ]
    }

    /// Moves an alias.
    func make(for promotion: Int64? = nil) throws {
        let before = model.aliases.first { $0.name == target }?.version
        guard before != version.version else { return }
        try connection.execute(
            ModelQueries.setAlias,
            .int64(act.tenant.rawValue),
            .int64(model.number),
            .text(target),
            .int64(version.version)
        )
        try ModelVersions.touch(model.number, act, connection)
        try Self.note(
            target,
            of: model,
            from: before,
            to: version.version,
            for: promotion,
            act,
            connection
        )
        try act.trail(connection).note(
            "alias.set",
            "model/\(model.name)@\(target)",
            before: before.map { "\($0)" } ?? "",
            after: "\(version.version)"
        )
        try WebhookOutbox.add(
            .aliasCreated,
            [
                "name": .text(model.name), "alias": .text(target),
                "version": .text("\(version.version)"),
                "from_version": before.map { .text("\($0)") } ?? .null,
            ],
            act,
            connection
        )
    }

    /// Writes down what was where.
    static func note(
        _ target: String,
        of model: RegisteredModel,
        from: Int64?,
        to: Int64?,
        for promotion: Int64? = nil,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        try connection.execute(
            PromotionQueries.move,
            values: [
                .int64(act.tenant.rawValue), .int64(model.number), .text(target),
                .optional(from, PostgresValue.int64), .optional(to, PostgresValue.int64),
                .timestamp(act.now), .text(act.change.actor),
                .optional(promotion, PostgresValue.int64),
            ]
        )
    }
}
