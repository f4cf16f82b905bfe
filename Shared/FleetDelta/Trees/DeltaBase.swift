import Crypto

/// What a ship holds and a delta may refer to: a tree, and single files of others, partial downloads among them.
package struct DeltaBase: Sendable {
    package struct File: Sendable {
        /// In the tree; `nil` for a file from elsewhere.
        package let path: String?
        /// On this machine.
        package let location: String
        package let size: Int
        /// SHA-256 of these `size` bytes.
        package let digest: [UInt8]

        package init(path: String?, location: String, size: Int, digest: [UInt8]) {
            self.path = path
            self.location = location
            self.size = size
            self.digest = digest
        }
    }

    package let tree: ArtifactTree
    /// Those of the tree, then the others in the order in which both sides know them.
    package let files: [File]

    /// - Parameters:
    ///   - root: where the tree lies.
    ///   - others: files that are held besides it.
    package init(_ tree: ArtifactTree, at root: String, others: [File] = []) {
        self.tree = tree
        let own = tree.entries.map {
            File(
                path: $0.path,
                location: ArtifactTree.location(of: $0.path, in: root),
                size: $0.size,
                digest: $0.digest
            )
        }
        files =
            own
            + others.map {
                File(path: nil, location: $0.location, size: $0.size, digest: $0.digest)
            }
    }

    /// The first four bytes of the SHA-256 of the tree's digest and of the others' sizes and digests. Tells a
    /// mistake early; what comes out is verified in full.
    var fingerprint: [UInt8] {
        var hash = SHA256()
        hash.update(data: tree.digest)
        for file in files where file.path == nil {
            hash.update(data: Array("\(file.size) ".utf8))
            hash.update(data: file.digest)
        }
        return Array(hash.finalize().prefix(4))
    }

    static func starts(of files: [File]) -> [Int] {
        var starts = [0]
        for file in files { starts.append(starts[starts.count - 1] + file.size) }
        return starts
    }
}
