import FleetDeploy
import FleetModel
import FleetProtocol
import FleetTestSupport
import Glibc
import ShipDeploy
import ShipDomain
import Testing

/// Bytes on their way down.
@Suite(.timeLimit(.minutes(10)))
struct DownloadTests {
    /// A ship that waits for a version of 300 kB, of which nothing can be guessed.
    private static func withOrder(
        download: DownloadRule = .always,
        _ body: (Scene, Agent, Artifact, Cargo) async throws -> Void
    ) async throws {
        try await withScene { scene in
            let agent = try await scene.trusting()
            var random = SeededGenerator(seed: 11)
            let bytes = (0..<300_000).map { _ in UInt8.random(in: 0...255, using: &random) }
            let artifact = try Artifact(["weights": bytes], at: scene.folder + "/artifact")
            let order = scene.install(artifact, replaces: nil, download: download)
            #expect(try await agent.take(try scene.signed(order, 2)).isTaken)
            let cargo = try artifact.delta(from: nil)
            try await agent.desk.offered(cargo.offer)
            try await body(scene, agent, artifact, cargo)
        }
    }

    @Test func `a download that the power tore goes on where it can be trusted`() async throws {
        try await Self.withOrder { scene, agent, artifact, cargo in
            let day = LinkView(linkClass: "vsat", room: 150_000)
            let share = try #require(try await agent.desk.wish(over: day))
            for piece in try cargo.pieces(share, of: 16_000) {
                try await agent.desk.received(piece, over: day)
            }
            let delta = try #require(TreeDigest(cargo.offer.content))
            #expect(scene.shelf.received(delta) == 150_000)
            // The last bytes are zeros, as a file system may leave them.
            let path = scene.shelf.path(delta: delta)
            let size = off_t(scene.shelf.received(delta))
            truncate(path, size - 70_000)
            truncate(path, size)
            let next = try scene.start()
            let wish = try await next.desk.wish(over: LinkView(linkClass: "vsat", room: nil))
            #expect(wish?.from == 65_536)
            try await next.sail([cargo], piece: 16_000)
            #expect(try await next.slot().current == artifact.digest)
            #expect(try await next.states().filter { $0 == .failedNoChange }.isEmpty)
        }
    }

    @Test func `a shore that sends something else is given up, and nothing has changed`()
        async throws
    {
        try await Self.withOrder { scene, agent, artifact, cargo in
            var bytes = cargo.bytes
            bytes[1000] ^= 1
            let wrong = Cargo(bytes: bytes, offer: cargo.offer)
            try await agent.sail([wrong], piece: 16_000)
            #expect(try await agent.states().last == .failedNoChange)
            #expect(try await agent.slot().current == nil)
            #expect(!scene.shelf.holds(artifact.digest))
        }
    }

    @Test func `a delta that makes something else than was ordered is given up`() async throws {
        try await Self.withOrder { scene, agent, artifact, _ in
            let other = try Artifact(["weights": [1, 2, 3]], at: scene.folder + "/mixed")
            let mixed = try other.delta(from: nil)
            let offer = try #require(
                ArtifactOffer(
                    content: mixed.offer.content,
                    size: mixed.offer.size,
                    tree: artifact.digest.bytes,
                    bases: []
                )
            )
            try await agent.sail([Cargo(bytes: mixed.bytes, offer: offer)], piece: 16_000)
            #expect(try await agent.states().last == .failedNoChange)
            #expect(!scene.shelf.holds(artifact.digest))
        }
    }

    @Test func `bytes beyond what was offered, and out of place, are not kept`() async throws {
        try await Self.withOrder { scene, agent, _, cargo in
            let link = LinkView(linkClass: "vsat", room: nil)
            let delta = try #require(TreeDigest(cargo.offer.content))
            let prefix = Array(cargo.offer.content.prefix(ArtifactPiece.prefixBytes))
            for offset in [5, cargo.offer.size, UInt64.max - 3] {
                let piece = try #require(
                    ArtifactPiece(content: prefix, offset: offset, payload: [1, 2, 3])
                )
                try await agent.desk.received(piece, over: link)
            }
            #expect(scene.shelf.received(delta) == 0)
        }
    }

    @Test func `a rule for downloads holds bytes back, and says why`() async throws {
        let rule = DownloadRule(bearers: ["port"])
        try await Self.withOrder(download: rule) { _, agent, artifact, cargo in
            try await agent.sail([cargo], rounds: 2, piece: 16_000)
            #expect(try await agent.slot().task?.waitsFor == "the link is vsat, not port")
            let wish = try await agent.desk.wish(over: LinkView(linkClass: "port", room: nil))
            #expect(wish?.to == cargo.offer.size)
            #expect(try await agent.slot().current != artifact.digest)
        }
    }

    @Test func `what the shore holds back is not asked for until then`() async throws {
        try await Self.withOrder { scene, agent, _, cargo in
            let link = LinkView(linkClass: "vsat", room: nil)
            let refusal = FetchRefusal(
                content: cargo.offer.content,
                code: "held_back",
                retryAfterSeconds: 60
            )
            await agent.desk.refused(try #require(refusal))
            #expect(try await agent.desk.wish(over: link) == nil)
            scene.clock.pass(61)
            #expect(try await agent.desk.wish(over: link) != nil)
        }
    }
}
