import FleetDelta
import FleetDeploy
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetTestSupport
import Glibc
import ShipDeploy
import ShipDomain
import Testing

/// The attacks on update systems that TUF and Uptane name, against a whole ship: whoever sends has the
/// connection, or the stick, and not the key.
@Suite(.timeLimit(.minutes(10)))
struct AttackTests {
    private static let link = LinkView(linkClass: "vsat", room: nil)

    /// A ship that runs the second of two versions; the orders that brought both are in the attacker's hands.
    private static func withTarget(
        _ body: (Scene, Agent, _ old: Artifact, _ new: Artifact, _ seen: [[UInt8]]) async throws ->
            Void
    ) async throws {
        try await withScene { scene in
            let agent = try await scene.trusting()
            let (old, new) = try scene.versions()
            let seen = [
                try scene.signed(scene.install(old, replaces: nil), 2),
                try scene.signed(scene.install(new, replaces: old), 3),
            ]
            try await agent.take(seen[0])
            try await agent.sail([try old.delta(from: nil)])
            try await agent.take(seen[1])
            try await agent.sail([try new.delta(from: old)])
            try #require(try await agent.slot().current == new.digest)
            try await body(scene, agent, old, new, seen)
            #expect(scene.shelf.linked(Scene.slotName, .current) == new.digest)
            #expect(try await agent.slot().task == nil)
        }
    }

    /// A ship with an order for a version of 200 kB that it has nothing of.
    private static func withOrder(
        notAfter: Int64? = nil,
        contacts: UInt32? = nil,
        _ body: (Scene, Agent, Artifact) async throws -> Void
    ) async throws {
        try await withScene { scene in
            let agent = try await scene.trusting()
            var random = SeededGenerator(seed: 5)
            let bytes = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &random) }
            let artifact = try Artifact(["weights": bytes], at: scene.folder + "/artifact")
            let order = scene.install(artifact, replaces: nil, contacts: contacts)
            let until = notAfter.map { scene.clock.now.wall + .seconds($0) }
            #expect(try await agent.take(try scene.signed(order, 2, notAfter: until)).isTaken)
            try await body(scene, agent, artifact)
            #expect(scene.shelf.linked(Scene.slotName, .current) == nil)
        }
    }

    // MARK: Rollback

    @Test func `rollback: what a ship took once brings nothing back, over link and stick`()
        async throws
    {
        try await Self.withTarget { scene, agent, old, new, seen in
            for order in seen {
                let answers = [
                    try await agent.take(order),
                    try await agent.desk.take(order, over: .folder),
                    try await scene.start().take(order),
                ]
                #expect(answers.map(\.refusal) == Array(repeating: "replayed", count: 3))
            }
        }
    }

    @Test func `rollback: an old order that never arrived is refused as well`() async throws {
        try await withScene { scene in
            let agent = try await scene.trusting()
            let (old, new) = try scene.versions()
            let kept = try scene.signed(scene.install(old, replaces: nil), 2)
            try await agent.take(try scene.signed(scene.install(new, replaces: nil), 3))
            try await agent.sail([try new.delta(from: nil)])
            #expect(try await agent.take(kept).refusal == "replayed")
            #expect(try await agent.slot().current == new.digest)
        }
    }

    @Test func `rollback: a shore that has forgotten what runs brings no older version`()
        async throws
    {
        try await Self.withTarget { scene, agent, old, new, _ in
            let third = try Artifact(["x": [1]], at: scene.folder + "/third")
            let forgetful: [Directive.Order] = [
                scene.install(old, replaces: nil), scene.install(third, replaces: old),
                .rollBack(slot: Scene.slotName, deployment: 3, digest: old.digest),
            ]
            for (index, order) in forgetful.enumerated() {
                let answer = try await agent.take(try scene.signed(order, 4 + UInt64(index)))
                #expect(answer.refusal == "other_version", "\(order)")
            }
        }
    }

    // MARK: Freeze

    @Test func `freeze: an order that was held back until its time was over begins nothing`()
        async throws
    {
        try await Self.withTarget { scene, agent, old, new, _ in
            let third = try Artifact(["x": [1]], at: scene.folder + "/third")
            let until = scene.clock.now.wall + .seconds(3600)
            let order = try scene.signed(
                scene.install(third, replaces: new),
                4,
                notAfter: until
            )
            scene.clock.pass(3601)
            #expect(try await agent.take(order).refusal == "expired")
            // The ship's own clock may be all that was wrong: its counter was not taken.
            scene.clock.set(by: -60)
            #expect(try await agent.take(order).isTaken)
            scene.clock.pass(120)
            try await agent.sail([try third.delta(from: nil)], rounds: 2)
            let last = try #require(try await agent.outcomes().last)
            #expect(last.state == .failedNoChange && last.reason.contains("good until"))
        }
    }

    @Test func `freeze: an order to stop is good however long it was held back`() async throws {
        try await withScene { scene in
            let agent = try await scene.trusting()
            let (old, new) = try scene.versions()
            try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
            try await agent.sail([try old.delta(from: nil)])
            try await agent.take(try scene.signed(scene.install(new, replaces: old), 3))
            try await agent.sail([try new.delta(from: old)])
            let stop = Revocation(digest: new.digest, deployment: nil, severity: .rollBackNow)
            let until = scene.clock.now.wall + .seconds(1)
            let order = try scene.signed(.revoke(stop), 4, notAfter: until)
            scene.clock.pass(90 * 86_400)
            #expect(try await agent.take(order).isTaken)
            try await agent.sail(rounds: 3)
            #expect(scene.shelf.linked(Scene.slotName, .current) == old.digest)
        }
    }

    // MARK: Mix and match

    @Test func `mix-and-match: another ship's, tenant's and directive's signature is refused`()
        async throws
    {
        try await Self.withTarget { scene, agent, old, new, seen in
            let order = scene.install(old, replaces: new)
            for stranger in [
                ShipIdentity(tenant: TenantID(8), ship: Scene.ship.ship),
                ShipIdentity(tenant: Scene.ship.tenant, ship: ShipID(43)),
            ] {
                let bytes = try scene.signed(order, 9, for: stranger)
                #expect(try await agent.take(bytes).refusal == "other_ship")
            }
            // The head of one that was good, the body of another, each whole.
            let other = try scene.signed(order, 9, by: DirectiveKey())
            let spliced =
                Array(seen[1].prefix(SignedDirective.overhead))
                + Array(other.dropFirst(SignedDirective.overhead))
            #expect(try await agent.take(spliced).refusal == "bad_signature")
        }
    }

    @Test func `mix-and-match: a tree under another's name is not taken from a stick`()
        async throws
    {
        try await Self.withOrder { scene, agent, artifact in
            let stick = scene.folder + "/stick"
            for folder in [stick, stick + "/trees", stick + "/trees/\(artifact.digest)"] {
                mkdir(folder, 0o755)
            }
            try AtomicFile.write(
                [1, 2, 3],
                to: stick + "/trees/\(artifact.digest)/weights",
                mode: 0o644
            )
            let lines = try await agent.service.apply(folder: stick)
            #expect(lines.map(\.isTaken) == [false])
            #expect(!scene.shelf.holds(artifact.digest))
        }
    }

    @Test func `mix-and-match: a delta is carried out on the base that it was made from alone`()
        async throws
    {
        try await Self.withTarget { scene, agent, old, new, _ in
            let third = try Artifact(
                ["model/weights": [UInt8](repeating: 3, count: 5000)],
                at: scene.folder + "/third"
            )
            try await agent.take(try scene.signed(scene.install(third, replaces: new), 4))
            // Made from one version, offered as if from the other.
            let cargo = try third.delta(from: old)
            let offer = try #require(
                ArtifactOffer(
                    content: cargo.offer.content,
                    size: cargo.offer.size,
                    tree: third.digest.bytes,
                    bases: [new.digest.bytes]
                )
            )
            try await agent.sail([Cargo(bytes: cargo.bytes, offer: offer)])
            #expect(try await agent.states().last == .failedNoChange)
            #expect(!scene.shelf.holds(third.digest))
        }
    }

    @Test func `mix-and-match: what makes another tree is not fetched again and again`()
        async throws
    {
        try await Self.withOrder { scene, agent, artifact in
            let other = try Artifact(["weights": [1, 2, 3]], at: scene.folder + "/other")
            let cargo = try other.delta(from: nil)
            let offer = try #require(
                ArtifactOffer(
                    content: cargo.offer.content,
                    size: cargo.offer.size,
                    tree: artifact.digest.bytes,
                    bases: []
                )
            )
            try await agent.desk.offered(offer)
            try await agent.fetch([Cargo(bytes: cargo.bytes, offer: offer)])
            try await agent.service.turn()
            #expect(try await agent.slot().task == nil, "once is enough to know")
            #expect(try await agent.states().last == .failedNoChange)
        }
    }

    // MARK: Wrong keys

    @Test func `wrong keys: unknown, revoked, and one that vouches for itself`() async throws {
        try await Self.withTarget { scene, agent, old, new, _ in
            let (next, stranger) = (DirectiveKey(), DirectiveKey())
            let trust = Directive.Order.trust(publicKey: next.publicKey)
            #expect(try await agent.take(try scene.signed(trust, 4)).isTaken)
            let former = Directive.Order.distrust(
                keyID: DirectiveKey.id(of: scene.key.publicKey)
            )
            #expect(try await agent.take(try scene.signed(former, 5, by: next)).isTaken)
            let order = scene.install(old, replaces: new)
            for key in [scene.key, stranger] {
                let bytes = try scene.signed(order, 9, by: key)
                #expect(try await agent.take(bytes).refusal == "unknown_key")
                let own = Directive.Order.trust(publicKey: key.publicKey)
                let itself = try scene.signed(own, 9, by: key)
                #expect(try await agent.take(itself).refusal == "unknown_key")
            }
            // The name of a key that is trusted, and a signature that is not its own.
            var forged = try scene.signed(order, 9, by: stranger)
            forged.replaceSubrange(1..<9, with: DirectiveKey.id(of: next.publicKey))
            #expect(try await agent.take(forged).refusal == "bad_signature")
        }
    }

    // MARK: Endless data

    @Test(arguments: [UInt64.max, 1 << 50, 20_000_000])
    func `endless data: more than the version can need is not fetched`(_ size: UInt64) async throws
    {
        try await Self.withOrder { scene, agent, artifact in
            let offer = try #require(
                ArtifactOffer(
                    content: [UInt8](repeating: 9, count: 32),
                    size: size,
                    tree: artifact.digest.bytes,
                    bases: []
                )
            )
            try await agent.desk.offered(offer)
            #expect(try await agent.desk.wish(over: Self.link) == nil)
            #expect(try await agent.book().downloads.isEmpty)
            #expect(try await agent.slot().task?.waitsFor?.contains("200000") == true)
            // What is honest is still welcome.
            try await agent.desk.offered(try artifact.delta(from: nil).offer)
            #expect(try await agent.desk.wish(over: Self.link) != nil)
        }
    }

    @Test func `endless data: bytes behind the offer's end are dropped`() async throws {
        try await Self.withOrder { scene, agent, artifact in
            let cargo = try artifact.delta(from: nil)
            try await agent.desk.offered(cargo.offer)
            let delta = try #require(TreeDigest(cargo.offer.content))
            let prefix = Array(cargo.offer.content.prefix(ArtifactPiece.prefixBytes))
            for round in 0..<40 {
                let piece = try #require(
                    ArtifactPiece(
                        content: prefix,
                        offset: UInt64(round) * 16_000,
                        payload: [UInt8](repeating: 7, count: 16_000)
                    )
                )
                try await agent.desk.received(piece, over: Self.link)
            }
            #expect(scene.shelf.received(delta) <= cargo.offer.size)
        }
    }

    @Test func `endless data: a delta that makes more than was ordered makes nothing`()
        async throws
    {
        try await withScene { scene in
            let agent = try await scene.trusting()
            let bomb = try Artifact(
                ["zeros": [UInt8](repeating: 0, count: 4 << 20)],
                at: scene.folder + "/bomb"
            )
            let cargo = try bomb.delta(from: nil)
            #expect(cargo.bytes.count < 4096, "four megabytes out of next to nothing")
            let order = Directive.Order.install(
                Installation(
                    slot: Scene.slotName,
                    deployment: 3,
                    digest: bomb.digest,
                    size: 1000,
                    replaces: nil
                )
            )
            #expect(try await agent.take(try scene.signed(order, 2)).isTaken)
            try await agent.sail([cargo])
            let last = try #require(try await agent.outcomes().last)
            #expect(last.state == .failedNoChange)
            #expect(last.reason.contains("more than 1000 bytes"), "\(last.reason)")
            #expect(!scene.shelf.holds(bomb.digest))
        }
    }

    @Test func `endless data: more files, and larger ones, than any artifact may have`() {
        let empty = { (number: Int) in
            ArtifactEntry(path: "f\(number)", size: 0, mode: 0o644, digest: [])
        }
        #expect(throws: DeltaError.self) {
            try ArtifactTree((0...DeltaLimits.files).map(empty))
        }
        let petabytes = ArtifactEntry(path: "f", size: 1 << 50, mode: 0o644, digest: [])
        #expect(throws: DeltaError.self) { try ArtifactTree([petabytes]) }
    }

    @Test func `endless data: a thousand stops leave room for the next`() async throws {
        try await Self.withTarget { scene, agent, old, new, _ in
            var book = DeploymentBook()
            let aboard = Aboard(slots: [:], holds: { _ in false }, freeBytes: 0)
            func stop(_ number: UInt64, deployment: UInt64?) throws -> DirectiveRefusal? {
                let digest = (0..<32).map { UInt8(truncatingIfNeeded: number >> (8 * ($0 % 4))) }
                let revocation = Revocation(
                    digest: try #require(TreeDigest(digest)),
                    deployment: deployment,
                    severity: .rollBackNow
                )
                let directive = Directive(
                    ship: Scene.ship,
                    counter: number,
                    issuedAt: scene.clock.now.wall,
                    order: .revoke(revocation)
                )
                return book.take(directive, aboard, at: scene.clock.now)
            }
            // One that is for good stays, however many follow.
            var refusals = [try stop(1, deployment: nil)]
            let limit = UInt64(DeploymentBook.revocationLimit)
            for number in 2...limit + 10 { refusals.append(try stop(number, deployment: number)) }
            #expect(refusals.allSatisfy { $0 == nil })
            #expect(book.revocations.count == DeploymentBook.revocationLimit)
            #expect(book.revocations.first?.deployment == nil)
        }
    }

    // MARK: Slow retrieval

    @Test func `slow retrieval: bytes that trickle end with the order's time`() async throws {
        try await Self.withOrder(notAfter: 86_400) { scene, agent, artifact in
            let cargo = try artifact.delta(from: nil)
            try await agent.desk.offered(cargo.offer)
            for hour in 0..<25 {
                if let wish = try await agent.desk.wish(over: Self.link) {
                    let next = try #require(
                        ArtifactFetch(content: wish.content, from: wish.from, to: wish.from + 1)
                    )
                    for piece in try cargo.pieces(next, of: 1) {
                        try await agent.desk.received(piece, over: Self.link)
                    }
                }
                scene.clock.pass(3600)
                try await agent.service.turn()
                #expect(try await (agent.slot().task == nil) == (hour >= 24), "hour \(hour)")
            }
            #expect(try await agent.states().last == .failedNoChange)
            #expect(try await agent.desk.wish(over: Self.link) == nil)
        }
    }

    @Test func `slow retrieval: a stop comes through while bytes trickle`() async throws {
        try await Self.withOrder { scene, agent, artifact in
            let cargo = try artifact.delta(from: nil)
            try await agent.desk.offered(cargo.offer)
            let wish = try #require(try await agent.desk.wish(over: Self.link))
            let first = try #require(
                ArtifactFetch(content: wish.content, from: 0, to: 1)
            )
            for piece in try cargo.pieces(first, of: 1) {
                try await agent.desk.received(piece, over: Self.link)
            }
            let stop = Revocation(digest: artifact.digest, deployment: 3, severity: .stopStaging)
            #expect(try await agent.take(try scene.signed(.revoke(stop), 3)).isTaken)
            #expect(try await agent.desk.wish(over: Self.link) == nil)
            #expect(try await agent.states().last == .canceled)
        }
    }

    @Test func `slow retrieval: connections that bring nothing end the order`() async throws {
        try await Self.withOrder(contacts: 3) { scene, agent, artifact in
            try await agent.desk.offered(try artifact.delta(from: nil).offer)
            for _ in 0..<4 {
                try await agent.desk.contacted()
                try await agent.service.turn()
            }
            #expect(try await agent.states().last == .failedNoChange)
        }
    }
}
