import CoreDeploy
import CoreDomain
import CorePostgres
import Crypto
import FleetDelta
import FleetDeploy
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import Glibc
import Logging
import ShipDeploy
import ShipDomain
import ShipStore
import Synchronization
import Testing

/// Time as the shore and its ships have it, in the hands of a test.
final class Calendar: Sendable {
    private let seconds = Mutex<Int64>(0)

    var now: Timestamp { DeployShore.now + .seconds(seconds.withLock { $0 }) }
    var shore: WallClock { WallClock { self.now } }
    var ship: ShipClock {
        ShipClock {
            let passed = self.seconds.withLock { $0 }
            return Moment(
                wall: DeployShore.now + .seconds(passed),
                boot: "the only",
                uptime: (passed + 1000) * 1000
            )
        }
    }

    func pass(_ duration: Duration) {
        seconds.withLock { $0 += duration.components.seconds }
    }
}

/// The files of versions that `DeployShore.addVersion` knows, and deltas of them from nothing.
final class VersionShelf: ArtifactSupply {
    private let offers: [(offer: ArtifactOffer, bytes: [UInt8])]
    let digests: [TreeDigest]

    /// - Parameter count: versions 1 to this, the content of each its number.
    init(_ folder: String, count: Int) throws {
        var offers: [(offer: ArtifactOffer, bytes: [UInt8])] = []
        var digests: [TreeDigest] = []
        for version in 1...count {
            let (root, workspace) = ("\(folder)/v\(version)", "\(folder)/w\(version)")
            mkdir(root, 0o755)
            mkdir(workspace, 0o755)
            try AtomicFile.write(text: "\(version)", to: root + "/model.onnx", mode: 0o644)
            let tree = try ArtifactTree.read(root)
            let bytes = try DeltaEncoder(
                base: DeltaBase(try ArtifactTree([]), at: root),
                tree: tree,
                at: root,
                workspace: workspace
            ).encode().delta
            digests.append(try #require(TreeDigest(tree.digest)))
            let offer = ArtifactOffer(
                content: Array(SHA256.hash(data: bytes)),
                size: UInt64(bytes.count),
                tree: tree.digest,
                bases: []
            )
            offers.append((try #require(offer), bytes))
        }
        self.offers = offers
        self.digests = digests
    }

    func offers(
        of tree: TreeDigest,
        holding bases: [TreeDigest],
        for tenant: TenantID
    ) async throws -> [ArtifactOffer] {
        offers.map(\.offer).filter { $0.tree == tree.bytes }
    }

    func read(
        _ content: [UInt8],
        from offset: UInt64,
        count: Int,
        for tenant: TenantID
    ) async throws -> [UInt8] {
        let bytes = offers.first { $0.offer.content == content }?.bytes ?? []
        return Array(bytes.dropFirst(Int(offset)).prefix(count))
    }
}

/// A ship's own side of deployments on a disk; what would go over a link is carried by hand.
final class RealShip: Sendable {
    let identity: ShipIdentity
    let service: DeploymentService
    let slot: SlotName
    private let store: ShipStore
    private let calendar: Calendar
    private let told = Mutex(0)

    init(_ folder: String, _ identity: ShipIdentity, _ calendar: Calendar) throws {
        self.identity = identity
        self.calendar = calendar
        slot = try #require(SlotName(DeployShore.slot))
        mkdir(folder, 0o700)
        mkdir(folder + "/store", 0o700)
        store = try ShipStore(directory: folder + "/store", create: true)
        service = DeploymentService(
            DeploymentService.Configuration(
                directory: folder + "/deployments",
                slots: [SlotConfiguration(name: slot)]
            ),
            ship: identity,
            store: store,
            clock: calendar.ship,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    func book() async throws -> DeploymentBook {
        try await DeploymentJournal(store: store, clock: calendar.ship).read()
    }

    func current() async throws -> TreeDigest? {
        try await book().slots[slot.rawValue]?.current
    }

    /// One session, as `CoreSync` and `ShipLink` would have it; the ship goes on until nothing is left to do.
    func meet(_ release: Release, _ pool: PostgresPool) async throws {
        let desk = service.desk
        if try await release.greeted(identity, try await desk.standing()) {
            try await release.told(holdings: try await desk.holdings(), by: identity)
        }
        try await desk.contacted()
        var seen: Set<[UInt8]> = []
        for _ in 0..<6 {
            for directive in try await release.directives(for: identity)
            where seen.insert(directive).inserted {
                try await release.answered(try await desk.take(directive), by: identity)
            }
            for offer in try await release.offers(for: identity) { try await desk.offered(offer) }
            try await fetch(release)
            try await service.turn()
            calendar.pass(.seconds(40))
            try await service.turn()
            try await tell(pool)
        }
    }

    private func fetch(_ release: Release) async throws {
        let link = LinkView(linkClass: "vsat", room: nil)
        while let wish = try await service.desk.wish(over: link) {
            let portion = try await release.read(
                wish.content,
                from: wish.from,
                count: 16_000,
                for: identity
            )
            guard case .bytes(let bytes) = portion, !bytes.isEmpty else { return }
            let piece = try #require(
                ArtifactPiece(
                    content: Array(wish.content.prefix(ArtifactPiece.prefixBytes)),
                    offset: wish.from,
                    payload: bytes
                )
            )
            try await service.desk.received(piece, over: link)
        }
    }

    /// The lane's events, each once.
    private func tell(_ pool: PostgresPool) async throws {
        let report = try await store.laneReports().first { $0.position.lane == .events }
        var events: [FleetEvent] = []
        for sequence in (report?.position.sequence ?? 0)..<(report?.end ?? 0) {
            let segment = try #require(try await store.segment(.events, sequence))
            events += try EventSegment.decode(segment.bytes[...])
        }
        let new = Array(events.dropFirst(told.withLock { $0 }))
        let (identity, now) = (identity, calendar.now)
        try await pool.transaction(tenant: identity.tenant) { connection in
            try OutcomeBook().stored(new, of: identity, at: now, in: connection)
        }
        told.withLock { $0 = events.count }
    }
}
