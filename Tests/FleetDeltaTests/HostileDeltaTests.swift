import FleetDelta
import FleetTestSupport
import Glibc
import Testing

@Suite(.timeLimit(.minutes(10))) struct HostileDeltaTests {
    private static func pair(_ directory: String) throws -> Pair {
        var random = SeededGenerator(seed: 11)
        let text = Content.text(30, &random)
        var other = text
        other.replaceSubrange(200..<230, with: Array("window_limit: 17\n".utf8))
        return try Pair(
            directory,
            old: ["a/config.yaml": text, "b.sh": Content.text(4, &random)],
            new: ["a/config.yaml": other, "c": Content.noise(60, &random)]
        )
    }

    /// Bytes that are not an encoder's end in an error, or in the tree that was ordered.
    private static func refuse(_ bytes: [UInt8], _ pair: Pair) throws {
        do {
            _ = try pair.decode(bytes)
        } catch is DeltaError {
            // Whatever is wrong with them, nothing is visible, and no file beside the staging folder.
        }
        #expect(TemporaryDirectory.names(in: pair.directory).allSatisfy(Self.known.contains))
    }

    private static let known = ["old", "new", "work", "delta", "staging"]

    @Test func `every byte may be another`() throws {
        try withTemporaryDirectory { directory in
            let pair = try Self.pair(directory)
            for place in pair.delta.indices {
                for flip in [UInt8(0x01), 0x80, 0xFF] {
                    var bytes = pair.delta
                    bytes[place] ^= flip
                    do {
                        _ = try pair.decode(bytes)
                        // The last byte's low bits need not matter to the coder.
                        #expect(place > 8)
                    } catch let error as DeltaError {
                        #expect(error.code != .file, "byte \(place): \(error)")
                    }
                }
            }
        }
    }

    @Test func `a delta may end anywhere`() throws {
        try withTemporaryDirectory { directory in
            let pair = try Self.pair(directory)
            for count in pair.delta.indices.dropLast() {
                #expect(throws: DeltaError.self) {
                    try pair.decode(Array(pair.delta.prefix(count)))
                }
            }
            #expect(throws: DeltaError.self) { try pair.decode(pair.delta + [0]) }
        }
    }

    @Test func `noise behind a good beginning ends in an error`() throws {
        try withTemporaryDirectory { directory in
            let pair = try Self.pair(directory)
            var random = SeededGenerator(seed: SeededGenerator.seed(name: "noise for a delta"))
            for _ in 0..<300 {
                let kept = Int.random(in: 8..<pair.delta.count, using: &random)
                let bytes = pair.delta.prefix(kept) + Content.noise(300, &random)
                try Self.refuse(Array(bytes), pair)
            }
        }
    }

    @Test func `more than the ship has room for is refused at once`() throws {
        try withTemporaryDirectory { directory in
            let pair = try Pair(
                directory,
                old: [:],
                new: ["zeros": [UInt8](repeating: 0, count: 200_000)]
            )
            // What a decompression bomb is made of: 200 kB in fewer than 100 bytes.
            #expect(pair.delta.count < 1000)
            do {
                _ = try pair.decode(largestTree: 100_000)
                Issue.record("it was carried out")
            } catch let error as DeltaError {
                #expect(error.code == .tooLarge)
            }
            #expect(TemporaryDirectory.names(in: directory + "/staging/tree").isEmpty)
        }
    }

    @Test(arguments: [
        "../x", "/x", "a/../../x", "a//x", "./x", "a/.", "", "a\u{1}", "a\n", "..",
    ])
    func `no path leads out of the tree`(path: String) {
        #expect(!ArtifactEntry.isSafe(path))
        #expect(throws: DeltaError.self) {
            try ArtifactTree([ArtifactEntry(path: path, size: 0, mode: 0o644, digest: [])])
        }
    }

    @Test func `what comes out is held against the digest that was ordered`() throws {
        try withTemporaryDirectory { directory in
            let pair = try Self.pair(directory)
            do {
                _ = try DeltaDecoder(
                    delta: try Self.store(pair),
                    base: pair.base,
                    staging: directory + "/staging"
                ).run(expecting: pair.base.tree.digest)
                Issue.record("another tree passed")
            } catch let error as DeltaError {
                #expect(error.code == .mismatch)
            }
        }
    }

    @Test func `a base that was changed behind our back is noticed`() throws {
        try withTemporaryDirectory { directory in
            let pair = try Self.pair(directory)
            let place = directory + "/old/a/config.yaml"
            let file = try #require(fopen(place, "r+"))
            fputc(0x7E, file)
            fclose(file)
            do {
                _ = try pair.decode()
                Issue.record("it was carried out")
            } catch let error as DeltaError {
                #expect([.mismatch, .malformed].contains(error.code))
            }
            truncate(place, 10)
            do {
                _ = try pair.decode()
                Issue.record("it was carried out")
            } catch let error as DeltaError {
                #expect([.wrongBase, .malformed].contains(error.code))
            }
        }
    }

    private static func store(_ pair: Pair) throws -> String {
        _ = try pair.decode()
        TemporaryDirectory.remove(pair.directory + "/staging")
        return pair.directory + "/delta"
    }
}
