/// One file of an artifact.
package struct ArtifactEntry: Sendable, Equatable {
    /// Below the artifact's root: components joined by `/`, none of them empty, `.` or `..`.
    package let path: String
    package let size: Int
    /// Permissions alone: 0...0o777.
    package let mode: UInt16
    /// SHA-256 of the content.
    package let digest: [UInt8]

    package init(path: String, size: Int, mode: UInt16, digest: [UInt8]) {
        self.path = path
        self.size = size
        self.mode = mode
        self.digest = digest
    }

    /// Whether a path names a file within a directory, whatever that directory holds.
    package static func isSafe(_ path: String) -> Bool {
        let bytes = path.utf8
        guard (1...DeltaLimits.pathLength).contains(bytes.count),
            bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return false }
        return path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
            !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255
        }
    }
}
