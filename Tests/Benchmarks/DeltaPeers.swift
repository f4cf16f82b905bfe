import FleetRuntime
import Foundation

/// The same pair in the hands of programs that are there for it.
struct DeltaPeers {
    private let old: String
    private let new: String
    private let directory: String

    init(old: String, new: String, in directory: String) {
        self.old = old
        self.new = new
        self.directory = directory
    }

    /// Bytes of each program's delta; those that are not installed are left out.
    func sizes() async throws -> [String: Int] {
        let a = try await file(old, "old.tar")
        let b = try await file(new, "new.tar")
        var sizes: [String: Int] = [:]
        for (name, command) in [
            (
                "xdelta3",
                ["xdelta3", "-e", "-9", "-S", "lzma", "-B", "1073741824", "-f", "-s", a, b]
            ),
            ("bsdiff", ["bsdiff", a, b]),
            (
                "zstd_patch_from",
                ["zstd", "-q", "-f", "-19", "--ultra", "--long=30", "--patch-from", a, b, "-o"]
            ),
            ("zstd_full", ["zstd", "-q", "-f", "-19", b, "-o"]),
        ] where Self.isInstalled(command[0]) {
            let result = "\(directory)/\(name)"
            FileHandle.standardError.write(Data("\(name) …\n".utf8))
            _ = try await DeltaBenchmark.output("/usr/bin/env", command + [result])
            sizes[name] =
                try FileManager.default.attributesOfItem(atPath: result)[.size] as? Int ?? 0
        }
        return sizes
    }

    /// A folder as one file.
    private func file(_ path: String, _ name: String) async throws -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
            isFolder.boolValue
        else { return path }
        let tar = "\(directory)/\(name)"
        _ = try await DeltaBenchmark.output(
            "/usr/bin/env",
            [
                "tar", "--sort=name", "--mtime=@0", "--owner=0", "--group=0", "--numeric-owner",
                "--format=ustar", "-C", path, "-cf", tar, ".",
            ]
        )
        return tar
    }

    private static func isInstalled(_ program: String) -> Bool {
        let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return folders.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
        }
    }
}
