import CoreDomain
import CorePostgres
import FleetDeploy
import FleetModel
import FleetProtocol
import FleetRuntime

/// The one place that lets orders and bytes go to ships: approval, waves, freezes, policies, budgets, revocations
/// and deadlines are looked at here, at each contact.
package struct Release: OrderSource {
    /// The channel on which the database tells every replica that there is an order for a ship; the payload
    /// is the ship's URI.
    package static let channel = "hawser_orders"
    /// Until a ship asks again for bytes that may not go now.
    private static let pauseSeconds: UInt32 = 600

    private let pool: PostgresPool
    private let keys: DirectiveKeyring
    private let supply: any ArtifactSupply
    private let clock: WallClock
    private let policyServer: PolicyServer?

    package init(
        pool: PostgresPool,
        keys: DirectiveKeyring,
        supply: any ArtifactSupply,
        clock: WallClock,
        policyServer: PolicyServer? = nil
    ) {
        self.pool = pool
        self.keys = keys
        self.supply = supply
        self.clock = clock
        self.policyServer = policyServer
    }

    // MARK: What ships say

    package func greeted(_ ship: ShipIdentity, _ standing: OrderStanding) async throws -> Bool {
        let now = clock.now()
        let counter = PostgresValue.int64(Int64(clamping: standing.counter))
        let mark = Self.bytes(of: standing.holdings)
        return try await pool.transaction(tenant: ship.tenant) { connection in
            let row = try connection.execute(
                ReleaseQueries.greet,
                values: Self.key(ship) + [counter, .timestamp(now), .bytes(mark)]
            ).first
            try ReleaseDesk(ship: ship, now: now, connection: connection)
                .notePassed(Int64(clamping: standing.counter))
            try connection.execute(
                ReleaseQueries.markTaken,
                values: Self.key(ship) + [counter, .timestamp(now)]
            )
            try connection.execute(ReleaseQueries.resetCounters, values: Self.key(ship))
            return try row?.bool("is_known") != true
        }
    }

    package func told(holdings bytes: [UInt8], by ship: ShipIdentity) async throws {
        let holdings = try Holding.decoded(bytes)
        let mark = Self.bytes(of: Holding.mark(of: bytes))
        let now = clock.now()
        try await pool.transaction(tenant: ship.tenant) { connection in
            try connection.execute(ReleaseQueries.deleteHoldings, values: Self.key(ship))
            try connection.execute(
                ReleaseQueries.insertHoldings,
                values: Self.key(ship) + [
                    .textArray(holdings.map { $0.slot?.rawValue ?? "" }),
                    .textArray(holdings.map(\.kind.word)),
                    .bytesArray(holdings.map(\.digest.bytes)),
                    .int64Array(holdings.map { Int64(clamping: $0.bytes) }), .timestamp(now),
                ]
            )
            try Revocations.queue(for: ship, at: now, connection)
            try connection.execute(
                ReleaseQueries.confirmHoldings,
                values: Self.key(ship) + [.bytes(mark), .timestamp(now)]
            )
        }
    }

    package func answered(_ answer: DirectiveAnswer, by ship: ShipIdentity) async throws {
        let now = clock.now()
        try await pool.transaction(tenant: ship.tenant) { connection in
            guard answer.refusal != DirectiveRefusal.Code.replayed.rawValue else {
                try connection.execute(
                    ReleaseQueries.outrun,
                    values: Self.key(ship) + [.bytes(answer.id)]
                )
                return
            }
            let desk = ReleaseDesk(ship: ship, now: now, connection: connection)
            if let signed = try desk.signed(answer.id) {
                if answer.isTaken { try desk.noteTaken(signed) }
                if answer.refusal == DirectiveRefusal.Code.unknownKey.rawValue,
                    try desk.noteUnknownKey(of: signed, keys)
                {
                    // Another key signs it.
                    try connection.execute(
                        ReleaseQueries.outrun,
                        values: Self.key(ship) + [.bytes(answer.id)]
                    )
                    return
                }
            }
            let said = [answer.refusal, answer.reason].filter { !$0.isEmpty }
                .joined(separator: ": ").filter { $0 != "\0" }
            let row = try connection.execute(
                ReleaseQueries.answer,
                values: Self.key(ship) + [
                    .bytes(answer.id), .timestamp(now), .text(answer.isTaken ? "" : said),
                ]
            ).first
            guard let row, !answer.isTaken, let id = try row.optionalInt64("deployment_id"),
                try row.text("kind") == "install"
            else { return }
            let refused = try connection.executeCount(
                ReleaseQueries.refuse,
                values: [
                    .int64(ship.tenant.rawValue), .int64(id), .int64(ship.ship.rawValue),
                    .int64(try row.int64("counter")), .text(said), .int64(now.milliseconds),
                    .timestamp(now),
                ]
            )
            guard refused > 0 else { return }
            let journal = DeploymentJournal(
                tenant: ship.tenant,
                actor: "\(ship)",
                now: now,
                connection: connection
            )
            try journal.touch(id, ship.ship)
            try journal.note(
                id,
                ship: ship.ship,
                kind: "ship",
                from: "offered",
                to: "refused",
                because: said
            )
        }
    }

    // MARK: What ships get

    package func directives(for ship: ShipIdentity) async throws -> [[UInt8]] {
        let (now, keys) = (clock.now(), keys)
        let objections = try await objections(for: ship, at: now)
        return try await pool.transaction(tenant: ship.tenant) { connection in
            try ReleaseDesk(
                ship: ship,
                now: now,
                connection: connection,
                objections: objections
            ).directives(signing: keys)
        }
    }

    /// What the policy server says, outside of any transaction: it may take its time.
    ///
    /// - Returns: by the deployments that it was asked about, `.some(nil)` where it allows; `nil` where there is
    ///   no such server.
    private func objections(
        for ship: ShipIdentity,
        at now: Timestamp
    ) async throws -> [Int64: String?]? {
        guard let policyServer else { return nil }
        let questions = try await pool.transaction(tenant: ship.tenant, readOnly: true) {
            connection in
            try ReleaseDesk(ship: ship, now: now, connection: connection).questions()
        }
        return await withTaskGroup(of: (Int64, String?).self) { group in
            for question in questions {
                group.addTask {
                    (question.deployment.id, await policyServer.objection(to: question))
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = .some($1.1) }
        }
    }

    package func offers(for ship: ShipIdentity) async throws -> [ArtifactOffer] {
        var offers: [ArtifactOffer] = []
        for wish in try await wishes(of: ship) where wish.isRunning {
            offers += try await self.offers(for: wish, of: ship.tenant)
        }
        return offers
    }

    /// A tree that a ship has an order for and is not done with.
    private struct Wish: Sendable {
        let deployment: Int64
        let tree: TreeDigest
        /// What it can begin from.
        let held: [TreeDigest]
        /// Not paused.
        let isRunning: Bool
    }

    private func wishes(of ship: ShipIdentity) async throws -> [Wish] {
        try await pool.transaction(tenant: ship.tenant, readOnly: true) { connection in
            try connection.execute(ReleaseQueries.wanted, values: Self.key(ship)).compactMap {
                row in
                guard let tree = TreeDigest(try row.bytes("tree_digest")) else { return nil }
                return Wish(
                    deployment: try row.int64("deployment_id"),
                    tree: tree,
                    held: try row.bytesArray("held").compactMap { TreeDigest($0) },
                    isRunning: try row.bool("is_running")
                )
            }
        }
    }

    private func offers(for wish: Wish, of tenant: TenantID) async throws -> [ArtifactOffer] {
        guard !wish.held.contains(wish.tree) else { return [] }
        return try await supply.offers(of: wish.tree, holding: wish.held, for: tenant)
    }

    package func read(
        _ content: [UInt8],
        from offset: UInt64,
        count: Int,
        for ship: ShipIdentity
    ) async throws -> ArtifactPortion {
        var isPaused = false
        for wish in try await wishes(of: ship) {
            let offers = try await self.offers(for: wish, of: ship.tenant)
            guard offers.contains(where: { $0.content == content }) else { continue }
            guard wish.isRunning else {
                isPaused = true
                continue
            }
            let bytes = try await supply.read(content, from: offset, count: count, for: ship.tenant)
            // Counted when they are there to go, and not before.
            let obstacle = try await charge(bytes.count, to: wish.deployment, ship)
            guard obstacle == nil else {
                return .refused("held_back", retryAfterSeconds: Self.pauseSeconds)
            }
            return .bytes(bytes)
        }
        return .refused(isPaused ? "held_back" : "unknown", retryAfterSeconds: Self.pauseSeconds)
    }

    /// Why the bytes may not go; else they are counted.
    private func charge(
        _ count: Int,
        to deployment: Int64,
        _ ship: ShipIdentity
    ) async throws -> String? {
        let now = clock.now()
        return try await pool.transaction(tenant: ship.tenant) { connection in
            if let freeze = try ReleaseDesk(ship: ship, now: now, connection: connection).freeze() {
                return "frozen until \(freeze.to)"
            }
            return try SpendingDesk(ship: ship, connection: connection).charge(
                Int64(count),
                to: deployment,
                DeployPolicies.all(of: ship.tenant, connection)
            )
        }
    }

    // MARK: Values

    static func key(_ ship: ShipIdentity) -> [PostgresValue] {
        [.int64(ship.tenant.rawValue), .int64(ship.ship.rawValue)]
    }

    private static func bytes(of mark: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: mark >> (8 * UInt64($0))) }
    }
}

extension Holding.Kind {
    /// As the tables have it.
    fileprivate var word: String {
        switch self {
        case .current: "current"
        case .previous: "previous"
        case .shadow: "shadow"
        case .staged: "staged"
        case .partial: "partial"
        }
    }
}
