import FleetDeploy
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetSeries
import FleetTestSupport
import Glibc
import Logging
import ShipDeploy
import ShipDomain
import ShipStore
import Synchronization
import Testing

/// One ship's deployments on a disk, and a shore that orders: everything but the link.
final class Scene: Sendable {
    /// Where a test lets the power go.
    struct PowerCut: Error {}

    static let ship = ShipIdentity(tenant: TenantID(7), ship: ShipID(42))
    static let slotName: SlotName = {
        guard let name = SlotName("engine") else { preconditionFailure("it is a slot's name") }
        return name
    }()

    let folder: String
    let clock = ManualClock()
    let key = DirectiveKey()
    let probes: [String: [String]]
    let consumer: SlotConfiguration.Consumer
    let comparisons: [SlotConfiguration.Comparison]
    let anomalies: [SlotConfiguration.AnomalySource]

    init(
        _ folder: String,
        probes: [String: [String]] = [:],
        consumer: SlotConfiguration.Consumer = .none,
        comparisons: [SlotConfiguration.Comparison] = [],
        anomalies: [SlotConfiguration.AnomalySource] = []
    ) {
        self.folder = folder
        self.probes = probes
        self.consumer = consumer
        self.comparisons = comparisons
        self.anomalies = anomalies
    }

    var shelf: Shelf { Shelf(directory: folder + "/deployments") }

    /// The agent as it starts.
    func start(
        passed: @escaping @Sendable (DeployStep) throws -> Void = { _ in }
    ) throws -> Agent {
        mkdir(folder + "/store", 0o700)
        let store = try ShipStore(directory: folder + "/store", create: true)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let service = DeploymentService(
            DeploymentService.Configuration(
                directory: folder + "/deployments",
                slots: [
                    SlotConfiguration(
                        name: Self.slotName,
                        consumer: consumer,
                        probes: probes,
                        comparisons: comparisons,
                        anomalies: anomalies,
                        timeout: .seconds(240)
                    )
                ],
                factsFile: folder + "/facts"
            ),
            ship: Self.ship,
            store: store,
            clock: clock.clock,
            logger: logger,
            passed: passed
        )
        return Agent(store: store, service: service, clock: clock)
    }

    func signed(
        _ order: Directive.Order,
        _ counter: UInt64,
        notAfter: Timestamp? = nil,
        by key: DirectiveKey? = nil,
        for ship: ShipIdentity = Scene.ship
    ) throws -> [UInt8] {
        try SignedDirective(
            Directive(
                ship: ship,
                counter: counter,
                issuedAt: clock.now.wall,
                notAfter: notAfter,
                order: order
            ),
            key: key ?? self.key
        ).bytes
    }

    func install(
        _ artifact: Artifact,
        replaces: Artifact?,
        mode: Installation.Mode = .live,
        activation: ActivationRule = .always,
        download: DownloadRule = .always,
        contract: AcceptanceContract = AcceptanceContract(soak: 30, deadMan: 600),
        contacts: UInt32? = nil
    ) -> Directive.Order {
        .install(
            Installation(
                slot: Self.slotName,
                deployment: 3,
                digest: artifact.digest,
                size: artifact.size,
                mode: mode,
                replaces: replaces?.digest,
                download: download,
                activation: activation,
                contract: contract,
                contacts: contacts
            )
        )
    }
}

/// The agent of a scene, from one start to its end.
struct Agent: Sendable {
    let store: ShipStore
    let service: DeploymentService
    let clock: ManualClock

    var desk: OrderDesk { service.desk }

    func book() async throws -> DeploymentBook {
        try await DeploymentJournal(store: store, clock: clock.clock).read()
    }

    func slot() async throws -> SlotState {
        try await book().slots[Scene.slotName.rawValue] ?? SlotState()
    }

    @discardableResult
    func take(_ directive: [UInt8]) async throws -> DirectiveAnswer {
        try await desk.take(directive)
    }

    /// Fetches as much as the ship wants, and lets it take its steps, until nothing is under way or `rounds`
    /// are over; ten seconds pass in each.
    func sail(_ cargo: [Cargo] = [], rounds: Int = 30, piece: Int = 700) async throws {
        for _ in 0..<rounds {
            for cargo in cargo { try await desk.offered(cargo.offer) }
            try await fetch(cargo, piece: piece)
            try await service.turn()
            if try await slot().task == nil { return }
            clock.pass(10)
        }
    }

    func fetch(_ cargo: [Cargo], piece: Int = 700) async throws {
        let link = LinkView(linkClass: "vsat", room: nil)
        while let wish = try await desk.wish(over: link), wish.from < wish.to {
            let known = try #require(cargo.first { $0.offer.content == wish.content })
            for piece in try known.pieces(wish, of: piece) {
                try await desk.received(piece, over: link)
            }
            if try await desk.wish(over: link)?.from == wish.from { return }
        }
    }

    /// All that was told, in order.
    func outcomes() async throws -> [Outcome] {
        try await events().compactMap { Outcome($0) }
    }

    func events() async throws -> [FleetEvent] {
        let report = try await store.laneReports().first { $0.position.lane == .events }
        var events: [FleetEvent] = []
        for sequence in (report?.position.sequence ?? 0)..<(report?.end ?? 0) {
            let segment = try #require(try await store.segment(.events, sequence))
            events += try EventSegment.decode(segment.bytes[...])
        }
        return events
    }

    func states() async throws -> [ShipDeploymentState] { try await outcomes().map(\.state) }
}

/// A hook that lets the power go at the n-th step that is passed.
final class Fuse: Sendable {
    private let left: Mutex<Int>

    init(at number: Int) { left = Mutex(number) }

    var passed: @Sendable (DeployStep) throws -> Void {
        { _ in
            let isOver = self.left.withLock { left in
                left -= 1
                return left < 0
            }
            // From then on nothing more is done: there is no power.
            if isOver { throw Scene.PowerCut() }
        }
    }

    var hasBlown: Bool { left.withLock { $0 < 0 } }
}

func withScene(
    probes: [String: [String]] = [:],
    consumer: SlotConfiguration.Consumer = .none,
    comparisons: [SlotConfiguration.Comparison] = [],
    anomalies: [SlotConfiguration.AnomalySource] = [],
    _ body: (Scene) async throws -> Void
) async throws {
    try await withTemporaryDirectory { folder in
        let scene = Scene(
            folder,
            probes: probes,
            consumer: consumer,
            comparisons: comparisons,
            anomalies: anomalies
        )
        try await body(scene)
    }
}

extension Scene {
    /// An agent that trusts the shore's key, by order 1.
    func trusting(
        passed: @escaping @Sendable (DeployStep) throws -> Void = { _ in }
    ) async throws -> Agent {
        let agent = try start(passed: passed)
        let answer = try await agent.take(try signed(.trust(publicKey: key.publicKey), 1))
        #expect(answer.isTaken, "\(answer.reason)")
        return agent
    }

    /// Two versions of one artifact.
    func versions() throws -> (old: Artifact, new: Artifact) {
        let text = (0..<4000).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 3) }
        let old = try Artifact(
            ["model/weights": text, "config.json": Array("{\"a\":1}".utf8)],
            at: folder + "/old"
        )
        var changed = text
        for place in stride(from: 0, to: changed.count, by: 9) { changed[place] ^= 0x55 }
        let new = try Artifact(
            ["model/weights": changed, "config.json": Array("{\"a\":2}".utf8), "new": [1, 2]],
            at: folder + "/new"
        )
        return (old, new)
    }
}
