import FleetDelta
import FleetRuntime
import FleetTestSupport
import Glibc
import Testing

@Suite(.timeLimit(.minutes(10))) struct ArtifactTreeTests {
    private func entry(_ path: String, size: Int = 1, mode: UInt16 = 0o644) -> ArtifactEntry {
        ArtifactEntry(
            path: path,
            size: size,
            mode: mode,
            digest: [UInt8](repeating: 0xA5, count: 32)
        )
    }

    @Test func `the order in which files are named does not matter`() throws {
        let one = try ArtifactTree([entry("b"), entry("a/x"), entry("a-b")])
        let other = try ArtifactTree([entry("a-b"), entry("b"), entry("a/x")])
        #expect(one.digest == other.digest)
        #expect(one.entries.map(\.path) == ["a-b", "a/x", "b"])
    }

    @Test func `the canonical form is as documented`() throws {
        let tree = try ArtifactTree([
            entry("run.sh", size: 12, mode: 0o755), entry("a/x", mode: 0o4),
        ])
        let digest = String(repeating: "a5", count: 32)
        #expect(
            String(decoding: tree.canonical, as: UTF8.self)
                == "hawser tree 1\n004 1 \(digest) a/x\n755 12 \(digest) run.sh\n"
        )
    }

    @Test func `path, size, mode and content each make another tree`() throws {
        let digests = try [
            [entry("a")], [entry("b")], [entry("a", size: 2)], [entry("a", mode: 0o600)],
            [
                ArtifactEntry(
                    path: "a",
                    size: 1,
                    mode: 0o644,
                    digest: [UInt8](repeating: 1, count: 32)
                )
            ],
        ].map { try ArtifactTree($0).digest }
        #expect(Set(digests).count == digests.count)
    }

    @Test func `a path is one file's, and no file is a folder`() {
        #expect(throws: DeltaError.self) { try ArtifactTree([entry("a"), entry("a")]) }
        #expect(throws: DeltaError.self) { try ArtifactTree([entry("a"), entry("a/b")]) }
        #expect(throws: DeltaError.self) { try ArtifactTree([entry("a", mode: 0o4755)]) }
        #expect(throws: DeltaError.self) {
            try ArtifactTree([entry("a", size: DeltaLimits.treeSize), entry("b")])
        }
    }

    @Test func `a link in a folder is refused, whatever it leads to`() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.write([1], to: directory + "/a", mode: 0o600)
            symlink("/etc/passwd", directory + "/b")
            #expect(throws: DeltaError.self) { try ArtifactTree.read(directory) }
        }
    }
}
