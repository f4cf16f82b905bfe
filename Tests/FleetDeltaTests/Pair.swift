import FleetDelta
import FleetRuntime
import FleetTestSupport
import Glibc
import Testing

/// Two trees on disk, the delta between them, and what comes out of it.
struct Pair {
    let directory: String
    let base: DeltaBase
    let tree: ArtifactTree
    let delta: [UInt8]
    let report: DeltaReport

    /// - Parameters:
    ///   - others: files that the ship holds besides the old tree.
    ///   - frame: of the delta.
    init(
        _ directory: String,
        old: [String: [UInt8]],
        new: [String: [UInt8]],
        others: [[UInt8]] = [],
        frame: Int = DeltaLimits.frame
    ) throws {
        self.directory = directory
        try Self.write(old, to: directory + "/old")
        try Self.write(new, to: directory + "/new")
        let held = try others.enumerated().map { number, bytes in
            let place = "\(directory)/held\(number)"
            try AtomicFile.write(bytes, to: place, mode: 0o600)
            let entry = try #require(try ArtifactTree.read(place).entries.first)
            return DeltaBase.File(
                path: nil,
                location: place,
                size: entry.size,
                digest: entry.digest
            )
        }
        base = DeltaBase(
            try ArtifactTree.read(directory + "/old"),
            at: directory + "/old",
            others: held
        )
        tree = try ArtifactTree.read(directory + "/new")
        mkdir(directory + "/work", 0o700)
        (delta, report) = try DeltaEncoder(
            base: base,
            tree: tree,
            at: directory + "/new",
            workspace: directory + "/work",
            frame: frame
        ).encode()
    }

    /// Carries out the delta, or bytes in its place, in a folder of its own.
    func decode(
        _ bytes: [UInt8]? = nil,
        staging: String = "staging",
        largestTree: Int = DeltaLimits.treeSize
    ) throws -> ArtifactTree {
        let place = "\(directory)/delta"
        try AtomicFile.write(bytes ?? delta, to: place, mode: 0o600)
        let staging = "\(directory)/\(staging)"
        TemporaryDirectory.remove(staging)
        let made = try DeltaDecoder(
            delta: place,
            base: base,
            staging: staging,
            largestTree: largestTree
        ).run(expecting: tree.digest)
        // Not what it says of the tree: what lies there.
        #expect(try ArtifactTree.read(staging + "/tree") == tree)
        return made
    }

    private static func write(_ files: [String: [UInt8]], to root: String) throws {
        mkdir(root, 0o700)
        for (path, bytes) in files {
            var folder = root
            for component in path.split(separator: "/").dropLast() {
                folder += "/\(component)"
                mkdir(folder, 0o755)
            }
            try AtomicFile.write(
                bytes,
                to: "\(root)/\(path)",
                mode: path.hasSuffix(".sh") ? 0o755 : 0o644
            )
        }
    }
}
