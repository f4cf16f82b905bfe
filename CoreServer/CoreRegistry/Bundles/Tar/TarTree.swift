/// What a tar has had so far: each path once, none of them within another, and no more than a bundle has.
struct TarTree: Sendable {
    private var files: Set<String> = []
    private var directories: Set<String> = []
    private var bytes: Int64 = 0

    var isEmpty: Bool { files.isEmpty }

    /// - Throws: `RegistryError` `invalid`.
    mutating func add(_ path: ArtifactPath, size: Int64) throws(RegistryError) {
        let shown = path.text.prefix(200).debugDescription
        guard files.insert(path.text).inserted else {
            throw .invalid("the tar has \(shown) twice")
        }
        let ancestors = path.ancestors
        guard !directories.contains(path.text), files.isDisjoint(with: ancestors) else {
            throw .invalid("the tar has \(shown) as a file and as a directory")
        }
        directories.formUnion(ancestors)
        let (sum, isTooMuch) = bytes.addingReportingOverflow(size)
        guard files.count <= Bundles.mostFiles, !isTooMuch, sum <= Bundles.mostBytes else {
            throw Bundles.tooMuch
        }
        bytes = sum
    }
}
