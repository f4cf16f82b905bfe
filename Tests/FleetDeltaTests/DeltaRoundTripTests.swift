import FleetDelta
import FleetTestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct DeltaRoundTripTests {
    private static func small(_ edit: (inout [UInt8], inout SeededGenerator) -> Void) throws -> Int
    {
        let seed = SeededGenerator.seed(name: "delta")
        var random = SeededGenerator(seed: seed)
        let old = Content.text(60, &random) + Content.records(60, &random)
        var new = old
        edit(&new, &random)
        return try withTemporaryDirectory { directory in
            let pair = try Pair(directory, old: ["model.bin": old], new: ["model.bin": new])
            #expect(try pair.decode() == pair.tree)
            return pair.delta.count
        }
    }

    @Test func `what did not change is told in a few bytes`() throws {
        try withTemporaryDirectory { directory in
            var random = SeededGenerator(seed: 1)
            let files = ["a/x.yaml": Content.text(40, &random), "b.sh": Content.text(10, &random)]
            let pair = try Pair(directory, old: files, new: files)
            #expect(try pair.decode() == pair.tree)
            #expect(pair.delta.count < 32)
            #expect(pair.report.method == "held")
        }
    }

    @Test func `a file under another path is not told again`() throws {
        try withTemporaryDirectory { directory in
            var random = SeededGenerator(seed: 2)
            let bytes = Content.noise(3000, &random)
            let pair = try Pair(directory, old: ["a/old.bin": bytes], new: ["b/c/new.bin": bytes])
            #expect(try pair.decode() == pair.tree)
            #expect(pair.delta.count < 60)
        }
    }

    @Test func `from nothing all is told, and less than it was`() throws {
        try withTemporaryDirectory { directory in
            var random = SeededGenerator(seed: 3)
            let text = Content.text(200, &random)
            let pair = try Pair(directory, old: [:], new: ["x/config.yaml": text, "empty": []])
            #expect(try pair.decode() == pair.tree)
            #expect(pair.delta.count < text.count / 2)
        }
    }

    @Test func `to nothing there is nothing to tell`() throws {
        try withTemporaryDirectory { directory in
            let pair = try Pair(directory, old: ["a": [1, 2, 3]], new: [:])
            #expect(try pair.decode().entries.isEmpty)
        }
    }

    @Test func `a changed byte costs a few`() throws {
        #expect(try Self.small { bytes, _ in bytes[1000] ^= 0x55 } < 60)
    }

    @Test func `what was put in is told alone`() throws {
        #expect(
            try Self.small { bytes, random in
                bytes.insert(contentsOf: Content.noise(40, &random), at: 900)
            } < 120
        )
    }

    @Test func `what was taken out costs a few bytes`() throws {
        #expect(try Self.small { bytes, _ in bytes.removeSubrange(700..<1100) } < 60)
    }

    @Test func `a truncated file costs a few bytes`() throws {
        #expect(try Self.small { bytes, _ in bytes.removeLast(1200) } < 60)
    }

    @Test func `a longer file costs what was added`() throws {
        #expect(
            try Self.small { bytes, random in bytes += Content.noise(100, &random) } < 180
        )
    }

    @Test func `halves that changed places are found`() throws {
        #expect(try Self.small { bytes, _ in bytes = Array(bytes[1500...] + bytes[..<1500]) } < 80)
    }

    @Test func `anything becomes anything`() throws {
        let seed = SeededGenerator.seed(name: "delta of anything")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<12 {
            let old = Content.noise(Int.random(in: 0...600, using: &random), &random)
            var new = old
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let place = Int.random(in: 0...new.count, using: &random)
                let end = min(new.count, place + Int.random(in: 0...200, using: &random))
                let piece =
                    random.chance(0.5)
                    ? Content.noise(Int.random(in: 0...120, using: &random), &random)
                    : Array(old.shuffled(using: &random).prefix(30))
                new.replaceSubrange(place..<end, with: piece)
            }
            try withTemporaryDirectory { directory in
                let pair = try Pair(
                    directory,
                    old: ["a": old, "b": new],
                    new: ["b": new + old, "c": new.reversed()],
                    frame: 256
                )
                #expect(try pair.decode() == pair.tree)
            }
        }
    }

    @Test func `part of a download is a base too`() throws {
        try withTemporaryDirectory { directory in
            var random = SeededGenerator(seed: 5)
            let bytes = Content.noise(4000, &random)
            let pair = try Pair(
                directory,
                old: [:],
                new: ["model.bin": bytes],
                others: [Array(bytes.prefix(3000))]
            )
            #expect(try pair.decode() == pair.tree)
            #expect(pair.delta.count < 1300)
        }
    }

    @Test func `the same pair gives the same bytes`() throws {
        var random = SeededGenerator(seed: 6)
        let old = Content.records(80, &random)
        var new = old
        for _ in 0..<30 { new[Int.random(in: 0..<new.count, using: &random)] &+= 1 }
        let deltas = try (0..<2).map { _ in
            try withTemporaryDirectory { directory in
                try Pair(directory, old: ["m": old], new: ["m": new]).delta
            }
        }
        #expect(deltas[0] == deltas[1])
    }

    @Test func `another base is refused before anything is built`() throws {
        try withTemporaryDirectory { directory in
            let pair = try Pair(directory, old: ["a": [1, 2, 3]], new: ["a": [1, 2, 4]])
            let other = try Pair(directory + "/", old: ["a": [1, 2, 9]], new: ["a": [1, 2, 4]])
            do {
                _ = try other.decode(pair.delta)
                Issue.record("it was carried out")
            } catch let error as DeltaError {
                #expect(error.code == .wrongBase)
            }
        }
    }
}
