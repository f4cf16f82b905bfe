import FleetDelta
import FleetRuntime
import FleetTestSupport
import Testing

/// Deltas that were made once. What a ship was sent yesterday must still be carried out.
@Suite(.timeLimit(.minutes(10))) struct GoldenDeltaTests {
    /// A pair as it was: a checkout need not keep the modes of files.
    private static func lay(
        _ name: String,
        in directory: String
    ) throws -> (old: String, new: String) {
        for side in ["old", "new"] {
            let source = Fixtures.path("Deltas/v1/\(name).\(side)")
            for entry in try ArtifactTree.read(source).entries {
                let isAlone = entry.path == "artifact"
                let target = isAlone ? "\(directory)/\(side)" : "\(directory)/\(side)/\(entry.path)"
                var folder = directory
                if !isAlone { try PrivateDirectory.create("\(directory)/\(side)") }
                folder += "/\(side)"
                for component in entry.path.split(separator: "/").dropLast() {
                    folder += "/\(component)"
                    try PrivateDirectory.create(folder)
                }
                try AtomicFile.write(
                    try AtomicFile.read(
                        ArtifactTree.location(of: entry.path, in: source),
                        limit: 65_536
                    ),
                    to: target,
                    mode: entry.path.hasSuffix(".sh") ? 0o755 : 0o644
                )
            }
        }
        return (directory + "/old", directory + "/new")
    }

    @Test(arguments: ["text", "records", "float32", "bfloat16", "tree"])
    func `a delta of format 1 is carried out as ever`(name: String) throws {
        try withTemporaryDirectory { directory in
            let pair = try Self.lay(name, in: directory)
            let tree = try ArtifactTree.read(pair.new)
            let made = try DeltaDecoder(
                delta: Fixtures.path("Deltas/v1/\(name).delta"),
                base: DeltaBase(try ArtifactTree.read(pair.old), at: pair.old),
                staging: directory + "/staging"
            ).run(expecting: tree.digest)
            #expect(made == tree)
        }
    }

    @Test(arguments: ["text", "records", "float32", "bfloat16", "tree"])
    func `an encoder of today does no worse`(name: String) throws {
        try withTemporaryDirectory { directory in
            let pair = try Self.lay(name, in: directory)
            let (delta, _) = try DeltaEncoder(
                base: DeltaBase(try ArtifactTree.read(pair.old), at: pair.old),
                tree: try ArtifactTree.read(pair.new),
                at: pair.new,
                workspace: directory
            ).encode()
            let golden = try AtomicFile.read(
                Fixtures.path("Deltas/v1/\(name).delta"),
                limit: 65_536
            )
            #expect(delta.count <= golden.count)
        }
    }
}
