import CoreDomain
import CorePostgres
import FleetModel

/// The one place where an alias or a stage comes to another version: it knows the gates before it, and
/// writes the move down.
struct AliasMove {
    let model: RegisteredModel
    let version: ModelVersion
    let target: MoveTarget
    let gates: [Gate]
    /// What is there now: of a stage the newest of those that are in it.
    private let there: Int64?
    /// Whether it is what its present stage is served from.
    private let isServed: Bool
    private let current: ModelVersion?
    private let act: Act
    private let connection: PostgresConnection

    /// Locks the model, so that two moves take turns.
    ///
    /// - Throws: `RegistryError` `missing`.
    init(
        _ name: String,
        _ number: Int64,
        to target: MoveTarget,
        _ act: Act,
        _ connection: PostgresConnection
    ) throws {
        model = try RegisteredModels.lock(name, of: act.tenant, connection)
        version = try ModelVersions.find(name, number, of: act.tenant, connection)
        self.target = target
        self.act = act
        self.connection = connection
        gates = try Self.standing(before: target, of: name, act.tenant, connection)
        if let stage = target.stage {
            let latest =
                try RegisteredModels.latest(of: [model], act.tenant, connection)[model.number] ?? []
            there = latest.first { $0.stage == stage }?.version
            let number = version.version
            isServed = version.stage.isActive && latest.contains { $0.version == number }
        } else {
            there = model.aliases.first { $0.name == target.text }?.version
            isServed = false
        }
        current =
            try gates.isEmpty
            ? nil
            : there.map { try ModelVersions.find(name, $0, of: act.tenant, connection) }
    }

    static func standing(
        before target: MoveTarget,
        of model: String,
        _ tenant: TenantID,
        _ connection: PostgresConnection
    ) throws -> [Gate] {
        try connection.execute(
            GateQueries.standing,
            .int64(tenant.rawValue),
            .text(model),
            .text(target.text)
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
        if let refusal = try leavingRefusal() { throw refusal }
        guard !gates.isEmpty else { return }
        let verdict = try verdict(PromotionEvidence())
        let names = gates.map(\.name).joined(separator: ", ")
        guard verdict.passes else {
            throw refusal(
                verdict.objections,
                "The gate \(names) refuses version \(version.version) of \(model.name) as "
                    + "\(target.text): \(verdict.objections)"
            )
        }
        guard verdict.isApproved else {
            throw refusal(
                verdict.approvalsMissing,
                "The gate \(verdict.approvalsMissing) before version \(version.version) of "
                    + "\(model.name) becomes \(target.text): ask for them by POST "
                    + "/api/v1/promotions"
            )
        }
    }

    /// A stage that a gate stands before is not left by what is served from it: that would put an older
    /// version, or none, in its place without a word from the gate. Whatever was superseded may go.
    func leavingRefusal() throws -> GateRefusal? {
        guard let stage = target.stage, stage != version.stage, isServed else { return nil }
        let left = MoveTarget(version.stage)
        let gates = try Self.standing(before: left, of: model.name, act.tenant, connection)
        guard let gate = gates.first else { return nil }
        let objection = "version \(version.version) is what \(left.text) is served from"
        return refusal(
            objection,
            "The gate \(gate.name) stands before \(left.text) of \(model.name), and \(objection): "
                + "bring another version there with archive_existing_versions or by a promotion, "
                + "and this one is archived"
        )
    }

    private func refusal(_ objections: String, _ message: String) -> GateRefusal {
        GateRefusal(error: .invalid(message), data: refusalData(objections, promotion: nil))
    }

    /// What webhooks are told of a refusal.
    func refusalData(_ objections: String, promotion: Int64?) -> [String: WebhookValue] {
        [
            "name": .text(model.name), "version": .text("\(version.version)"),
            "target": .text(target.text), "gates": .list(gates.map(\.name)),
            "promotion": promotion.map { .number($0) } ?? .null, "objections": .text(objections),
        ]
    }

    /// - Parameter archivesOthers: whether other versions of the stage are archived.
    func make(archivesOthers: Bool = false, for promotion: Int64? = nil) throws {
        if let stage = target.stage {
            try enter(stage, archivesOthers: archivesOthers, for: promotion)
        } else {
            try setAlias(for: promotion)
        }
    }

    private func setAlias(for promotion: Int64?) throws {
        guard there != version.version else { return }
        try ModelVersions.point(target.text, at: version, act, connection)
        try note(target, from: there, to: version.version, for: promotion)
        try act.trail(connection).note(
            "alias.set",
            "model/\(model.name)@\(target.text)",
            before: there.map { "\($0)" } ?? "",
            after: "\(version.version)"
        )
        try WebhookOutbox.add(
            .aliasCreated,
            [
                "name": .text(model.name), "alias": .text(target.text),
                "version": .text("\(version.version)"),
                "from_version": there.map { .text("\($0)") } ?? .null,
            ],
            act,
            connection
        )
    }

    private func enter(
        _ stage: ModelStage,
        archivesOthers: Bool,
        for promotion: Int64?
    ) throws {
        try ModelVersions.update(
            version,
            description: version.description,
            stage: stage,
            act,
            connection
        )
        if version.stage.isActive, version.stage != stage {
            try note(MoveTarget(version.stage), from: version.version, to: nil, for: promotion)
        }
        if archivesOthers {
            let archived = try ModelVersions.archiveOthers(
                than: version,
                in: stage,
                act,
                connection
            )
            for other in archived where other != there {
                try note(target, from: other, to: nil, for: promotion)
            }
        }
        try ModelVersions.touch(model.number, act, connection)
        // Beside a newer one that stays, it is in the stage, and not what is served from it.
        let takesOver = archivesOthers || (there.map { $0 < version.version } ?? true)
        if version.stage != stage || takesOver && there != version.version {
            try note(
                target,
                from: takesOver ? there : nil,
                to: version.version,
                for: promotion
            )
        }
        try act.trail(connection).note(
            "version.stage",
            version.target,
            before: version.stage.word,
            after: stage.word
        )
        try WebhookOutbox.add(
            .stageSet,
            [
                "name": .text(model.name), "version": .text("\(version.version)"),
                "from_stage": .text(version.stage.word), "stage": .text(stage.word),
            ],
            act,
            connection
        )
    }

    private func note(
        _ target: MoveTarget,
        from: Int64?,
        to: Int64?,
        for promotion: Int64?
    ) throws {
        try Self.note(target.text, of: model, from: from, to: to, for: promotion, act, connection)
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
