import FleetDelta
import FleetRuntime
import FleetTestSupport
import Glibc
import Testing

@Suite(.timeLimit(.minutes(10))) struct DeltaResumeTests {
    @Test func `a decoder that is killed anywhere goes on, and ends with the same tree`()
        async throws
    {
        var random = SeededGenerator(seed: SeededGenerator.seed(name: "killed decoder"))
        try await withTemporaryDirectory { directory in
            let old = Content.records(1200, &random)
            var new = old
            for place in stride(from: 0, to: new.count, by: 5) { new[place] &+= 3 }
            let pair = try Pair(
                directory,
                old: ["a": old, "held": [7]],
                new: ["b/a": new, "c": Content.text(300, &random), "held": [7]],
                frame: 2000
            )
            try AtomicFile.write(pair.delta, to: directory + "/delta", mode: 0o600)
            let digest = pair.tree.digest.map {
                String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
            }
            let runner = ProcessRunner(
                try Products.path("delta-decode"),
                [directory + "/delta", directory + "/old", directory + "/staging", digest.joined()]
            )
            var kills = 0
            var longest = 400
            while kills < 60 {
                let process = try runner.start()
                try await Task.sleep(
                    for: .milliseconds(Int.random(in: 1...longest, using: &random))
                )
                if process.isRunning { process.send(SIGKILL) }
                let status = try await process.waitForExit(timeout: .seconds(300))
                guard status.isSuccess else {
                    #expect(status == .signalled(SIGKILL), "\(process.standardError)")
                    kills += 1
                    continue
                }
                if kills > 2 { break }
                // Too fast a machine for such patience: anew.
                TemporaryDirectory.remove(directory + "/staging")
                kills = 0
                longest = max(2, longest / 2)
            }
            // Wherever the last was killed: to the end.
            let last = try runner.start()
            #expect(try await last.waitForExit(timeout: .seconds(300)).isSuccess)
            print("killed \(kills) times")
            #expect(try ArtifactTree.read(directory + "/staging/tree") == pair.tree)
        }
    }

    @Test func `what was decoded before is not decoded again`() throws {
        var random = SeededGenerator(seed: 4)
        try withTemporaryDirectory { directory in
            let pair = try Pair(
                directory,
                old: ["a": Content.text(20, &random)],
                new: ["a": Content.text(300, &random)],
                frame: 1000
            )
            // Damaged behind its middle: everything before is decoded, and kept.
            var damaged = pair.delta
            damaged[damaged.count * 3 / 4] ^= 0x10
            #expect(throws: DeltaError.self) { try pair.decode(damaged) }
            let progress = directory + "/staging/progress"
            #expect(access(progress, F_OK) == 0)
            // Another delta does not go on from there.
            let made = try DeltaDecoder(
                delta: try store(pair.delta, directory),
                base: pair.base,
                staging: directory + "/staging"
            ).run(expecting: pair.tree.digest)
            #expect(made == pair.tree)
        }
    }

    private func store(_ bytes: [UInt8], _ directory: String) throws -> String {
        try AtomicFile.write(bytes, to: directory + "/whole", mode: 0o600)
        return directory + "/whole"
    }
}
