import Glibc

extension ArtifactTree {
    /// The tree that lies in a directory; of a single file, a tree with that file, named `artifact`.
    ///
    /// Reads every byte. Throws `.file` for what can't be read, and for links and devices.
    package static func read(_ root: String) throws(DeltaError) -> ArtifactTree {
        var entries: [ArtifactEntry] = []
        var status = stat()
        guard stat(root, &status) == 0 else { throw DeltaError.system("look at", root) }
        if status.st_mode & S_IFMT == S_IFREG {
            entries.append(try entry("artifact", at: root, status))
        } else {
            try collect(root, "", &entries)
        }
        return try ArtifactTree(entries)
    }

    /// Where a tree that was `read` from `root` has a file.
    package static func location(of path: String, in root: String) -> String {
        var status = stat()
        return stat(root, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
            ? root : "\(root)/\(path)"
    }

    private static func collect(
        _ root: String,
        _ folder: String,
        _ entries: inout [ArtifactEntry]
    ) throws(DeltaError) {
        let place = folder.isEmpty ? root : "\(root)/\(folder)"
        guard let directory = opendir(place) else { throw DeltaError.system("open", place) }
        defer { closedir(directory) }
        while let item = readdir(directory) {
            let name = withUnsafeBytes(of: &item.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name != ".", name != ".." else { continue }
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            var status = stat()
            guard lstat("\(root)/\(path)", &status) == 0 else {
                throw DeltaError.system("look at", "\(root)/\(path)")
            }
            switch status.st_mode & S_IFMT {
            case S_IFDIR: try collect(root, path, &entries)
            case S_IFREG: entries.append(try entry(path, at: "\(root)/\(path)", status))
            default:
                throw DeltaError(
                    .file,
                    "\(root)/\(path) is neither a file nor a folder: an artifact has no links"
                )
            }
            guard entries.count <= DeltaLimits.files else {
                throw DeltaError(.tooLarge, "\(root) has more than \(DeltaLimits.files) files")
            }
        }
    }

    private static func entry(
        _ path: String,
        at place: String,
        _ status: stat
    ) throws(DeltaError) -> ArtifactEntry {
        let (size, digest) = try FileBytes.digest(of: place)
        return ArtifactEntry(
            path: path,
            size: size,
            mode: UInt16(status.st_mode & 0o777),
            digest: digest
        )
    }
}
