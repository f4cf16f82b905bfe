import Crypto
import FleetDelta
import FleetDeploy
import FleetProtocol
import FleetRuntime
import Glibc
import Testing

/// A version as the shore has it: a tree on its disk.
struct Artifact: Sendable {
    let root: String
    let tree: ArtifactTree
    let digest: TreeDigest

    var size: UInt64 { UInt64(tree.entries.reduce(0) { $0 + $1.size }) }

    init(_ files: [String: [UInt8]], at root: String) throws {
        mkdir(root, 0o755)
        for (path, bytes) in files {
            var folder = root
            for component in path.split(separator: "/").dropLast() {
                folder += "/\(component)"
                mkdir(folder, 0o755)
            }
            try AtomicFile.write(bytes, to: "\(root)/\(path)", mode: 0o644)
        }
        self.root = root
        tree = try ArtifactTree.read(root)
        digest = try #require(TreeDigest(tree.digest))
    }

    /// The delta from another version, or from nothing.
    func delta(from base: Artifact?) throws -> Cargo {
        let held =
            try base.map { DeltaBase($0.tree, at: $0.root) }
            ?? DeltaBase(try ArtifactTree([]), at: root)
        let workspace = root + ".work"
        mkdir(workspace, 0o755)
        let bytes = try DeltaEncoder(base: held, tree: tree, at: root, workspace: workspace)
            .encode().delta
        let content = Array(SHA256.hash(data: bytes))
        return Cargo(
            bytes: bytes,
            offer: try #require(
                ArtifactOffer(
                    content: content,
                    size: UInt64(bytes.count),
                    tree: tree.digest,
                    bases: base.map { [$0.tree.digest] } ?? []
                )
            )
        )
    }
}

/// A delta, ready to be sent.
struct Cargo: Sendable {
    let bytes: [UInt8]
    let offer: ArtifactOffer

    /// What the shore sends for a wish, in pieces.
    func pieces(_ fetch: ArtifactFetch, of size: Int) throws -> [ArtifactPiece] {
        try stride(from: Int(fetch.from), to: Int(fetch.to), by: size).map { start in
            try #require(
                ArtifactPiece(
                    content: Array(offer.content.prefix(ArtifactPiece.prefixBytes)),
                    offset: UInt64(start),
                    payload: Array(bytes[start..<min(start + size, Int(fetch.to))])
                )
            )
        }
    }
}
