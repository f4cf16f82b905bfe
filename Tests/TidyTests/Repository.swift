import Foundation

/// A repository as text, read once: what the rules look at.
struct Repository: Sendable {
    /// The targets as `Package.swift` declares them.
    let manifest: Manifest
    /// Every text file that is not ignored, by its path from the root.
    let files: [TextFile]
    /// The names at the top level, ignored ones left out.
    let topLevel: [String]

    /// The repository that these tests were compiled in.
    static let current = Self(
        root: URL(filePath: #filePath)
            .resolvingSymlinksInPath()
            .deletingLastPathComponent()
            .deletingLastPathComponent()
            .deletingLastPathComponent()
    )

    init(root: URL) {
        let ignored = IgnoredNames(file: root.appending(path: ".gitignore"))
        let manifest = Manifest(text: Self.text(root.appending(path: "Package.swift")) ?? "")
        self.manifest = manifest
        self.topLevel = Self.names(in: root).filter { !ignored.contains($0) }
        self.files = Self.paths(below: root, prefix: "", ignored: ignored).compactMap { path in
            Self.text(root.appending(path: path)).map { text in
                TextFile(path: path, target: manifest.target(of: path)?.name, text: text)
            }
        }
    }

    /// The Swift files of the targets, which is all Swift but the manifest.
    var sources: [TextFile] {
        files.filter { $0.path.hasSuffix(".swift") && $0.path.contains("/") }
    }

    private static func paths(
        below folder: URL,
        prefix: String,
        ignored: IgnoredNames
    ) -> [String] {
        names(in: folder).filter { !ignored.contains($0) }.flatMap { name in
            let url = folder.appending(path: name)
            let values = try? url.resourceValues(forKeys: [.isDirectoryKey])
            guard values?.isDirectory == true else { return [prefix + name] }
            return paths(below: url, prefix: "\(prefix)\(name)/", ignored: ignored)
        }
    }

    private static func names(in folder: URL) -> [String] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path())
        return (names ?? []).sorted()
    }

    /// `nil` for what is not text.
    private static func text(_ url: URL) -> String? {
        try? String(contentsOf: url, encoding: .utf8)
    }
}
