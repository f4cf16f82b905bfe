import CoreDomain
import CorePostgres
import Crypto
import FleetDeploy
import FleetModel
import FoundationEssentials

/// What goes to one ship at one contact, in one transaction.
struct ReleaseDesk {
    let ship: ShipIdentity
    let now: Timestamp
    let connection: PostgresConnection
    /// What the policy server says, by deployment; `nil` where there is none.
    var objections: [Int64: String?]?

    var key: [PostgresValue] { Release.key(ship) }

    /// A line of a deployment is of this ship.
    private func line(_ deployment: Int64) -> [PostgresValue] {
        [.int64(ship.tenant.rawValue), .int64(deployment), .int64(ship.ship.rawValue)]
    }

    /// The freeze that the ship is under.
    func freeze() throws -> Freeze? {
        guard let row = try connection.execute(ReleaseQueries.labels, values: key).first else {
            return nil
        }
        let labels = try Self.labels(try row.text("labels"))
        return try DeployPolicies.freezes(of: ship.tenant, at: now, connection)
            .first { $0.fits(labels) }
    }

    static func labels(_ text: String) throws -> ShipLabels {
        try ShipLabels(JSONDecoder().decode([String: String].self, from: Data(text.utf8)))
    }

    /// Everything that waits for the ship, each as it was signed first in this session.
    func directives(signing ring: DirectiveKeyring) throws -> [[UInt8]] {
        guard let counters = try connection.execute(ReleaseQueries.lockCounter, values: key).first
        else { return [] }
        let isNew = try counters.int64("told") == 0
        if isNew { try introduce() }
        let signer = try signer(of: ring, isNew: isNew)
        try release()
        let before = try counters.int64("issued")
        var issued = before
        var signed: [[UInt8]] = []
        for row in try connection.execute(ReleaseQueries.open, values: key) {
            if let bytes = try row.optionalBytes("signed") {
                signed.append(bytes)
                continue
            }
            guard issued < .max else {
                throw DomainError(
                    .conflict,
                    "\(ship) says that it has taken every counter there is"
                )
            }
            issued += 1
            signed.append(try sign(row, counter: issued, signer, ring))
        }
        if issued != before {
            try connection.execute(ReleaseQueries.setIssued, values: key + [.int64(issued)])
        }
        return signed
    }

    /// A ship that has taken nothing yet trusts nobody.
    private func introduce() throws {
        guard try connection.execute(ReleaseQueries.knownTrust, values: key).isEmpty else { return }
        try connection.execute(
            ReleaseQueries.insertOrder,
            values: key + [.int32(-1), .text("trust"), .null, .null, .null, .timestamp(now)]
        )
    }

    // MARK: What may go

    /// Makes orders of what may go to the ship now; why the rest does not is written down.
    private func release() throws {
        let candidates = try connection.execute(ReleaseQueries.candidates, values: key)
        guard !candidates.isEmpty else { return }
        let freezes = try DeployPolicies.freezes(of: ship.tenant, at: now, connection)
        let policies = try DeployPolicies.all(of: ship.tenant, connection)
        for row in candidates {
            let line = line(try row.int64("deployment_id"))
            let labels = try Self.labels(try row.text("labels"))
            let digest = try row.bytes("tree_digest")
            let isHeld =
                try row.text("mode") == "shadow"
                ? row.bool("is_candidate") : row.optionalBytes("current") == digest
            if isHeld {
                let offset = try row.optionalInt64("clock_offset_ms") ?? 0
                try connection.execute(
                    ReleaseQueries.holds,
                    values: line + [
                        .bytes(digest), .int64((now + .milliseconds(offset)).milliseconds),
                        .timestamp(now),
                    ]
                )
                try touch(row)
            } else if let (state, reason) = try obstacle(row, labels, freezes, policies) {
                let held = try connection.executeCount(
                    ReleaseQueries.hold,
                    values: line + [.text(state.rawValue), .text(reason)]
                )
                if held > 0 { try tell(row, "release", to: state.rawValue, because: reason) }
                if state != .awaitingReconnect {
                    try touch(row)
                }
            } else {
                try connection.execute(
                    ReleaseQueries.insertOrder,
                    values: key + [
                        .int32(2), .text("install"), line[1], .text(try row.text("slot")),
                        .bytes(digest), .timestamp(now),
                    ]
                )
            }
        }
    }

    /// What became of the ship's line is looked at at the next step.
    private func touch(_ row: PostgresRow) throws {
        try DeploymentJournal(
            tenant: ship.tenant,
            actor: "\(ship)",
            now: now,
            connection: connection
        ).touch(row.int64("deployment_id"), ship.ship)
    }

    /// Why an order may not go, and what the ship is then.
    private func obstacle(
        _ row: PostgresRow,
        _ labels: ShipLabels,
        _ freezes: [Freeze],
        _ policies: [DeployPolicy]
    ) throws -> (ShipDeploymentState, String)? {
        if let deadline = try row.optionalTimestamp("deadline_at"), now > deadline {
            return (.canceled, "the deadline is past")
        }
        guard try !row.bool("is_revoked") else { return (.canceled, "the version was revoked") }
        guard try row.int64("approvals") >= Int64(row.int32("approvals_needed")),
            try row.int64("denials") == 0
        else { return (.awaitingReconnect, "the plan is not approved") }
        guard try row.bool("has_told") else {
            return (.awaitingReconnect, "the ship has yet to tell what it holds")
        }
        // What a shore forgot, or a ship got otherwise: nobody is brought back to an older version unasked.
        let current = try row.optionalBytes("current")
        guard try current == row.optionalBytes("replaces") else {
            let runs = current.flatMap { TreeDigest($0) }.map { "\($0)" } ?? "nothing"
            return (.inconclusive, "it runs \(runs), which is not what the plan replaces")
        }
        if try row.text("mode") == "promotion", let missing = try unproven(row) { return missing }
        if let freeze = freezes.first(where: { $0.fits(labels) }) {
            return (.awaitingReconnect, "frozen until \(freeze.to): \(freeze.name)")
        }
        let expensive = try SpendingDesk(ship: ship, connection: connection).obstacle(
            row.int64("deployment_id"),
            bytes: row.int64("bytes_with_retries"),
            cost: row.int64("cost_micros"),
            in: row.text("currency"),
            labels,
            policies
        )
        if let expensive { return (.awaitingReconnect, expensive) }
        if let reason = try objection(policies, to: row, labels) {
            return (.awaitingReconnect, reason)
        }
        return nil
    }

    /// What a promotion lacks: the candidate itself, or what is known of it.
    private func unproven(_ row: PostgresRow) throws -> (ShipDeploymentState, String)? {
        let terms = try row.optionalText("agreement").map { text in
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(AgreementTerms.self, from: Data(text.utf8))
        }
        let wanted = terms ?? AgreementTerms()
        guard let tree = TreeDigest(try row.bytes("tree_digest")),
            let candidate = try CandidateEvidence(
                tree,
                in: row.text("slot"),
                since: wanted.firstDay(at: now),
                of: ship.tenant,
                ship: ship.ship,
                connection
            ).ships[ship.ship]
        else {
            return (.inconclusive, "it does not run the version in the slot's shadow")
        }
        return wanted.objection(
            agreeing: candidate.agreeing,
            disagreeing: candidate.disagreeing
        ).map { (.awaitingReconnect, $0) }
    }

    // MARK: Signing

    private func sign(
        _ row: PostgresRow,
        counter: Int64,
        _ signer: DirectiveKey,
        _ ring: DirectiveKeyring
    ) throws -> [UInt8] {
        let order = try order(row, ring)
        let directive = Directive(
            ship: ship,
            counter: UInt64(clamping: counter),
            issuedAt: now,
            notAfter: try row.optionalTimestamp("deadline_at"),
            order: order
        )
        let bytes = try SignedDirective(directive, key: signer).bytes
        try connection.execute(
            ReleaseQueries.sign,
            values: key + [
                .int64(try row.int64("order_id")), .int64(counter),
                .bytes(Array(SHA256.hash(data: bytes).prefix(8))), .bytes(bytes), .timestamp(now),
            ]
        )
        if case .install(let installation) = order {
            try connection.execute(
                ReleaseQueries.offer,
                values: line(Int64(clamping: installation.deployment)) + [
                    .int64(counter), .timestamp(now),
                ]
            )
        }
        return bytes
    }

    private func order(_ row: PostgresRow, _ ring: DirectiveKeyring) throws -> Directive.Order {
        let kind = try row.text("kind")
        if kind == "trust" {
            let former = try row.optionalBytes("distrusts")
            return former.map { .distrust(keyID: $0) } ?? .trust(publicKey: ring.current.publicKey)
        }
        guard let digest = TreeDigest(try row.bytes("digest")) else {
            throw DomainError(.conflict, "an order for \(ship) names nothing")
        }
        let number = try row.optionalInt64("deployment_id").map { UInt64(clamping: $0) }
        if kind == "revoke" { return try revocation(of: digest, in: number, row) }
        guard let slot = try row.optionalText("slot").flatMap({ SlotName($0) }),
            let deployment = number
        else { throw DomainError(.conflict, "an order for \(ship) names no slot") }
        if kind == "roll_back" {
            return .rollBack(slot: slot, deployment: deployment, digest: digest)
        }
        let request = try DeploymentRequest(stored: try row.text("request"))
        let mode: Installation.Mode =
            request.isShadow ? .shadow : request.isPromotion ? .promotion : .live
        return .install(
            Installation(
                slot: slot,
                deployment: deployment,
                digest: digest,
                size: UInt64(clamping: try row.int64("size_bytes")),
                mode: mode,
                replaces: try row.optionalBytes("replaces").flatMap { TreeDigest($0) },
                download: try (request.download ?? DownloadTerms()).rule(),
                activation: try (request.activation ?? ActivationTerms()).rule(),
                contract: try (request.contract ?? ContractTerms()).contract(),
                contacts: request.deadline?.contacts
            )
        )
    }

    /// - Parameter deployment: `nil` for the version altogether.
    private func revocation(
        of digest: TreeDigest,
        in deployment: UInt64?,
        _ row: PostgresRow
    ) throws -> Directive.Order {
        let number = UInt8(clamping: try row.int32("severity"))
        guard let severity = Revocation.Severity(rawValue: number) else {
            throw DomainError(.conflict, "a revocation for \(ship) has no severity")
        }
        return .revoke(Revocation(digest: digest, deployment: deployment, severity: severity))
    }
}
