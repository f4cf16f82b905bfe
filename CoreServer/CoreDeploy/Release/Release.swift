import CoreDomain
import CorePostgres
import FleetDeploy
import FleetModel
import FleetProtocol
import FleetRuntime

/// The one place that lets orders and bytes go to ships: approval, waves, freezes, policies, revocations and
/// deadlines are looked at here, at each contact.
package struct Release: OrderSource {
    /// The channel on which the database tells every replica that there is an order for a ship; the payload
    /// is the ship's URI.
    package static let channel = "hawser_orders"
    /// Until a ship asks again for bytes that may not go now.
    private static let pauseSeconds: UInt32 = 600

    private let pool: PostgresPool
    private let key: DirectiveKey
    private let supply: any ArtifactSupply
    private let clock: WallClock
    private let policyServer: PolicyServer?

    package init(
        pool: PostgresPool,
        key: DirectiveKey,
        supply: any ArtifactSupply,
        clock: WallClock,
        policyServer: PolicyServer? = nil
    ) {
        self.pool = pool
        self.key = key
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
            try DeploymentJournal(
                tenant: ship.tenant,
                actor: "\(ship)",
                now: now,
                connection: connection
            ).note(id, ship: ship.ship, kind: "ship", from: "offered", to: "refused", because: said)
        }
    }

    // MARK: What ships get

    package func directives(for ship: ShipIdentity) async throws -> [[UInt8]] {
        let (now, key) = (clock.now(), key)
        let objections = try await objections(for: ship, at: now)
        return try await pool.transaction(tenant: ship.tenant) { connection in
            try ReleaseDesk(
                ship: ship,
                now: now,
                connection: connection,
                objections: objections
            ).directives(signing: key)
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
        let wanted = try await pool.transaction(tenant: ship.tenant, readOnly: true) {
            connection in
            try connection.execute(ReleaseQueries.wanted, values: Self.key(ship)).map { row in
                (
                    tree: TreeDigest(try row.bytes("tree_digest")),
                    held: try row.bytesArray("held").compactMap { TreeDigest($0) }
                )
            }
        }
        var offers: [ArtifactOffer] = []
        for (tree, held) in wanted {
            guard let tree, !held.contains(tree) else { continue }
            offers += try await supply.offers(of: tree, holding: held, for: ship.tenant)
        }
        return offers
    }

    package func read(
        _ content: [UInt8],
        from offset: UInt64,
        count: Int,
        for ship: ShipIdentity
    ) async throws -> ArtifactPortion {
        guard try await offers(for: ship).contains(where: { $0.content == content }) else {
            return .refused("unknown", retryAfterSeconds: Self.pauseSeconds)
        }
        let now = clock.now()
        let freeze = try await pool.transaction(tenant: ship.tenant, readOnly: true) {
            connection in
            try ReleaseDesk(ship: ship, now: now, connection: connection).freeze()
        }
        guard freeze == nil else {
            return .refused("held_back", retryAfterSeconds: Self.pauseSeconds)
        }
        return .bytes(
            try await supply.read(content, from: offset, count: count, for: ship.tenant)
        )
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
