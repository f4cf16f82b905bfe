import CoreDomain
import CorePostgres
import FleetDeploy
import FleetModel
import FoundationEssentials

/// Works a plan out from what is stored, and stores it: statements for all ships at once.
struct PlanDesk {
    let act: Act
    let connection: PostgresConnection

    private var tenant: PostgresValue { .int64(act.tenant.rawValue) }

    // MARK: Working out

    /// - Parameter id: of the deployment whose plan it replaces.
    func plan(_ request: DeploymentRequest, for id: Int64?) throws -> DeploymentPlan {
        let version = try DeployedVersion.find(
            request.model,
            request.modelVersion,
            of: act.tenant,
            connection
        )
        var (ships, reasons) = try targets(request)
        let chosen = PostgresValue.int64Array(ships.map(\.id.rawValue))
        let links = try links(of: chosen)
        let holdings = try holdings(of: chosen, SlotName(request.slot))
        for index in ships.indices {
            let id = ships[index].id
            ships[index].link = links[id] ?? LinkHistory()
            guard let holding = holdings[id] else { continue }
            ships[index].current = holding.current
            ships[index].held = holding.held
            ships[index].partial = holding.partial
        }
        reasons += try busy(request.slot, Set(ships.map(\.id)), id, ships)
        let candidate = try candidate(request, version, ships)
        reasons += candidate.reasons
        reasons += try Revocations.reasons(against: version.digest, of: act.tenant, connection)
        return try DeploymentPlan(
            request,
            version,
            ships: ships,
            sizes: sizes(of: version, request, for: ships),
            policies: DeployPolicies.all(of: act.tenant, connection),
            reasons: reasons,
            warnings: candidate.warnings,
            at: act.now
        )
    }

    /// What a promotion comes up against.
    private func candidate(
        _ request: DeploymentRequest,
        _ version: DeployedVersion,
        _ ships: [PlanShip]
    ) throws -> (reasons: [String], warnings: [String]) {
        guard request.isPromotion else { return ([], []) }
        let terms = request.agreement ?? AgreementTerms()
        let evidence = try CandidateEvidence(
            version.digest,
            in: request.slot,
            since: terms.firstDay(at: act.now),
            of: act.tenant,
            connection
        )
        return evidence.judge(ships.map { ($0.id, $0.name) }, terms)
    }

    private func targets(
        _ request: DeploymentRequest
    ) throws -> (ships: [PlanShip], reasons: [String]) {
        var reasons: [String] = []
        var selectors = try request.targets.labels.map { [try FleetSelector($0)] } ?? []
        let fleets = Set(request.targets.fleets ?? [])
        if !fleets.isEmpty {
            let rows = try connection.execute(
                PlanQueries.fleets,
                tenant,
                .textArray(fleets.sorted())
            )
            var missing = fleets
            for row in rows {
                missing.remove(try row.text("name"))
                selectors.append(try FleetSelector(Freeze.labels(try row.text("selector"))))
            }
            if !missing.isEmpty {
                reasons.append("there are no fleets named \(WavePlanner.some(missing))")
            }
        }
        var named = Set(request.targets.ships ?? [])
        if let earlier = request.targets.deployment {
            let names = try CandidateEvidence.ships(
                succeededIn: earlier,
                of: act.tenant,
                connection
            )
            if names.isEmpty { reasons.append("on no ship has deployment \(earlier) succeeded") }
            named.formUnion(names)
        }
        var revoked: [String] = []
        // Fleets' ships have few kinds of links between them.
        var bearers: [String: [Bearer]] = [:]
        var ships: [PlanShip] = []
        for row in try connection.execute(PlanQueries.ships, tenant) {
            let name = try row.text("name")
            let labels = try ShipLabels(
                JSONDecoder().decode(
                    [String: String].self,
                    from: Data(try row.text("labels").utf8)
                )
            )
            let isNamed = named.remove(name) != nil
            guard isNamed || selectors.contains(where: { $0.matches(labels) }) else { continue }
            guard try !row.bool("is_revoked") else {
                if isNamed { revoked.append(name) }
                continue
            }
            let text = try row.text("bearers")
            if bearers[text] == nil {
                let decoder = JSONDecoder()
                decoder.keyDecodingStrategy = .convertFromSnakeCase
                bearers[text] = try decoder.decode([Bearer].self, from: Data(text.utf8))
            }
            ships.append(
                PlanShip(
                    id: ShipID(try row.int64("ship_id")),
                    name: name,
                    labels: labels,
                    shipClass: try row.text("class"),
                    owner: try row.text("owner"),
                    bearers: bearers[text] ?? []
                )
            )
        }
        if !named.isEmpty { reasons.append("there are no ships named \(WavePlanner.some(named))") }
        if !revoked.isEmpty {
            reasons.append("these ships are revoked: \(WavePlanner.some(revoked))")
        }
        return (ships, reasons)
    }

    private struct Held {
        var current: TreeDigest?
        var held: Set<TreeDigest> = []
        var partial: [TreeDigest: Int64] = [:]
    }

    private func holdings(
        of ships: PostgresValue,
        _ slot: SlotName?
    ) throws -> [ShipID: Held] {
        var holdings: [ShipID: Held] = [:]
        for row in try connection.execute(PlanQueries.holdings, tenant, ships) {
            let ship = ShipID(try row.int64("ship_id"))
            guard let digest = TreeDigest(try row.bytes("digest")) else { continue }
            let kind = try row.text("kind")
            guard kind != "partial" else {
                holdings[ship, default: Held()].partial[digest] = try row.int64("bytes")
                continue
            }
            holdings[ship, default: Held()].held.insert(digest)
            if try kind == "current" && row.text("slot") == slot?.rawValue {
                holdings[ship]?.current = digest
            }
        }
        return holdings
    }

    /// What is built for what the ships hold, and what the rest has in common with it.
    private func sizes(
        of version: DeployedVersion,
        _ request: DeploymentRequest,
        for ships: [PlanShip]
    ) throws -> PlanSizes {
        var sizes = PlanSizes(size: version.size)
        for delta in try Deltas.ready(version.digest, of: act.tenant, connection) {
            guard let content = TreeDigest(delta.digest) else { continue }
            sizes.built[delta.base] = PlanSizes.Built(content: content, bytes: delta.bytes)
        }
        let bases = ships.reduce(into: Set<TreeDigest>()) { all, ship in
            if let current = ship.current { all.insert(current) }
        }
        for row in try connection.execute(
            PlanQueries.shared,
            tenant,
            .int64(version.model),
            .int64(request.modelVersion),
            .bytesArray(bases.map(\.bytes))
        ) {
            guard let base = TreeDigest(try row.bytes("tree")) else { continue }
            sizes.shared[base] = try row.int64("bytes")
        }
        return sizes
    }

    private func links(of ships: PostgresValue) throws -> [ShipID: LinkHistory] {
        let from = act.now - .seconds(86_400 * Int64(LinkHistory.days))
        var links: [ShipID: LinkHistory] = [:]
        for row in try connection.execute(
            PlanQueries.links,
            tenant,
            .timestamp(from),
            .timestamp(act.now),
            ships
        ) {
            var days = [Int64](repeating: 0, count: LinkHistory.days)
            let places = try row.int64Array("days")
            let connected = try row.int64Array("connected")
            for (place, connected) in zip(places, connected) where days.indices ~= Int(place) {
                days[Int(place)] = connected
            }
            let ship = ShipID(try row.int64("ship_id"))
            let linkClass = try row.text("link_class")
            var link = links[ship] ?? LinkHistory()
            link.connected[linkClass] = days
            if linkClass.isEmpty {
                link.sessions = try row.int64("sessions")
                link.bytes = try row.int64("bytes")
            }
            links[ship] = link
        }
        return links
    }

    private func busy(
        _ slot: String,
        _ chosen: Set<ShipID>,
        _ id: Int64?,
        _ ships: [PlanShip]
    ) throws -> [String] {
        var busy: [String: Set<ShipID>] = [:]
        for row in try connection.execute(
            PlanQueries.busy,
            tenant,
            .text(slot),
            .int64(id ?? 0)
        ) {
            let ship = ShipID(try row.int64("ship_id"))
            if chosen.contains(ship) { busy[try row.text("name"), default: []].insert(ship) }
        }
        return busy.sorted { $0.key < $1.key }.map { name, held in
            let names = ships.filter { held.contains($0.id) }.map(\.name)
            return "the deployment \(name) has not done with \(slot) of \(WavePlanner.some(names))"
        }
    }

    // MARK: Keeping

    /// - Parameter before: what it takes the place of.
    func store(_ plan: DeploymentPlan, over before: Deployment? = nil) throws -> Deployment {
        if let before { try connection.execute(PlanQueries.deleteWaves, tenant, .int64(before.id)) }
        let deployment = try Deployments.store(
            values(of: plan),
            named: plan.request.name,
            over: before,
            of: act.tenant,
            connection
        )
        try write(plan, of: deployment.id)
        try prepare(plan)
        try note(deployment, from: before?.state.rawValue ?? "")
        return deployment
    }

    private func values(of plan: DeploymentPlan) throws -> [PostgresValue] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys]
        let summary = String(decoding: try encoder.encode(plan.summary), as: UTF8.self)
        let state: DeploymentState = plan.approvalsNeeded > 0 ? .waitingForApproval : .ready
        return [
            .text(plan.request.slot), .text(plan.request.model), .int64(plan.version.model),
            .int64(plan.request.modelVersion), .bytes(plan.version.digest.bytes),
            .int64(plan.version.size), .text(try plan.request.canonical), .text(summary),
            .bytes(try plan.digest), .int32(Int32(clamping: plan.approvalsNeeded)),
            .optional(try plan.request.deadlineAt, PostgresValue.timestamp),
            .text(state.rawValue), .int64(act.caller.user), .text(act.caller.name),
            .timestamp(act.now),
        ]
    }

    /// The waves, and a line for each ship.
    private func write(_ plan: DeploymentPlan, of id: Int64) throws {
        let (waves, lines) = (plan.summary.waves, plan.lines)
        try connection.execute(
            PlanQueries.insertWaves,
            values: [
                tenant, .int64(id), .int32Array(waves.map { Int32(clamping: $0.wave) }),
                .textArray(waves.map(\.name)),
                .int32Array(waves.map { Int32(clamping: $0.totals.ships) }),
            ]
        )
        func digests(_ path: (PlanLine) -> TreeDigest?) -> PostgresValue {
            .nullableArray(
                of: .bytes,
                lines.map { line in path(line).map { .bytes($0.bytes) } ?? .null }
            )
        }
        func seconds(_ path: (PlanLine) -> Int64?) -> PostgresValue {
            .nullableArray(of: .int64, lines.map { line in path(line).map { .int64($0) } ?? .null })
        }
        try connection.execute(
            PlanQueries.insertShips,
            values: [
                tenant, .int64(id), .int64Array(lines.map(\.ship.rawValue)),
                .int32Array(lines.map { Int32(clamping: $0.wave) }), digests(\.replaces),
                digests(\.base), .textArray(lines.map(\.method.rawValue)),
                .int64Array(lines.map(\.bytes)),
                .int64Array(lines.map(\.forecast.bytesWithRetries)),
                .int64Array(lines.map(\.forecast.costMicros)),
                .textArray(lines.map(\.forecast.currency)), seconds(\.forecast.p50),
                seconds(\.forecast.p90), seconds(\.usualSilence),
                .boolArray(lines.map(\.isEstimate)), .int64Array(lines.map(\.forecast.priceMicros)),
                .textArray(try Self.shares(lines)),
            ]
        )
    }

    /// By bearer, as JSON: ships with one link have one text.
    private static func shares(_ lines: [PlanLine]) throws -> [String] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var texts: [[BearerShare]: String] = [:]
        return try lines.map { line in
            let shares = line.forecast.shares
            if let text = texts[shares] { return text }
            let text = String(decoding: try encoder.encode(shares), as: UTF8.self)
            texts[shares] = text
            return text
        }
    }

    /// Takes down what is to be brought, so that it lasts whatever becomes of the version, and has its deltas made
    /// while people still think about the plan.
    private func prepare(_ plan: DeploymentPlan) throws {
        let tree = try Deltas.take(
            model: plan.version.model,
            version: plan.request.modelVersion,
            of: act.tenant,
            at: act.now,
            connection
        )
        try Deltas.prepare(
            tree.digest,
            from: Set(plan.lines.filter { $0.method != .held }.compactMap(\.replaces)),
            of: act.tenant,
            at: act.now,
            connection
        )
    }

    private func note(_ deployment: Deployment, from state: String) throws {
        try DeploymentJournal(
            tenant: act.tenant,
            actor: act.change.actor,
            now: act.now,
            connection: connection
        ).note(
            deployment.id,
            kind: "deployment",
            from: state,
            to: deployment.state.rawValue,
            because: "revision \(deployment.revision), plan \(deployment.planDigest)"
        )
    }
}
