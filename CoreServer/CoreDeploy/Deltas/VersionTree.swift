import CoreDomain
import CorePostgres
import FleetDelta
import FleetDeploy
import FleetModel

/// The files of a version as ships get them.
///
/// The registry knows no modes: every file is 0644, so that a version has one digest wherever it is counted.
package struct VersionTree: Sendable {
    package static let mode: UInt16 = 0o644

    package let tree: ArtifactTree
    package let digest: TreeDigest

    /// - Throws: `DeltaError` for paths and sizes that can't go aboard.
    package init(_ tree: ArtifactTree) throws {
        self.tree = tree
        guard let digest = TreeDigest(tree.digest) else {
            throw DeltaError(.malformed, "a tree without a digest")
        }
        self.digest = digest
    }

    /// What a ship holds that holds nothing: a delta from it tells the whole tree.
    package static func nothing() throws -> VersionTree { try VersionTree(ArtifactTree([])) }

    /// From rows of path, digest and size.
    init(_ rows: [PostgresRow]) throws {
        try self.init(
            ArtifactTree(
                rows.map { row in
                    ArtifactEntry(
                        path: try row.text("path"),
                        size: Int(try row.int64("size")),
                        mode: Self.mode,
                        digest: try row.bytes("digest")
                    )
                }
            )
        )
    }

    /// - Throws: `DeltaError` for more than goes aboard.
    func requireSize() throws {
        guard bytes <= DeltaBuildLimits.treeBytes else {
            throw DeltaError(
                .tooLarge,
                "it has \(bytes) bytes, and more than \(DeltaBuildLimits.treeBytes) do not go aboard"
            )
        }
    }

    package var bytes: Int64 { tree.entries.reduce(0) { $0 + Int64($1.size) } }
}
