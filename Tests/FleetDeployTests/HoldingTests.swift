import FleetDeploy
import FleetTestSupport
import Testing

struct HoldingTests {
    private static let some = [
        Holding(kind: .current, slot: DirectiveSamples.slot, digest: DirectiveSamples.digest(1)),
        Holding(kind: .partial, slot: nil, digest: DirectiveSamples.digest(2), bytes: 65_536),
    ]

    @Test func `what a ship holds is read as it was told`() throws {
        #expect(try Holding.decoded(Holding.encoded(Self.some)) == Self.some)
        #expect(try Holding.decoded(Holding.encoded([])).isEmpty)
    }

    @Test func `the mark changes with what is held`() {
        let marks = Set(
            [[], Self.some, Array(Self.some.prefix(1)), Self.some.reversed()].map {
                Holding.mark(of: Holding.encoded($0))
            }
        )
        #expect(marks.count == 4)
    }

    @Test func `the mark is the digest's first bytes as a little-endian number`() {
        // SHA-256 of one zero byte begins with 6e 34 0b 9c ff b3 7a 98.
        #expect(Holding.mark(of: [0]) == 0x987A_B3FF_9C0B_346E)
    }

    @Test func `more than the limit is not told, and never read`() throws {
        let many = Array(repeating: Self.some[0], count: Holding.limit + 1)
        #expect(try Holding.decoded(Holding.encoded(many)).count == Holding.limit)
        var bytes = Holding.encoded(Array(many.dropLast()))
        bytes[0] += 1
        #expect(throws: DirectiveRefusal.self) { try Holding.decoded(bytes) }
    }

    @Test func `noise is refused and never traps`() {
        let seed = SeededGenerator.seed(name: "holdings")
        var generator = SeededGenerator(seed: seed)
        let sample = Holding.encoded(Self.some)
        for _ in 0..<20_000 {
            var bytes = sample
            bytes[Int.random(in: bytes.indices, using: &generator)] = .random(
                in: 0...255,
                using: &generator
            )
            if let read = try? Holding.decoded(bytes) { #expect(read.count <= Holding.limit) }
        }
    }
}
