import FleetRuntime
import Glibc

/// A folder of its own for one test, gone afterwards.
package enum TemporaryDirectory {
    /// Creates an empty folder with a unique name, mode 0700.
    package static func create() throws -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/hawser-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FileError("create a folder in", parent) }
        let bytes = template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Removes a file or a folder with everything in it. Links are removed, not followed.
    ///
    /// What can't be removed is left: a test's verdict does not depend on it.
    package static func remove(_ path: String) {
        var information = stat()
        guard lstat(path, &information) == 0 else { return }
        guard information.st_mode & S_IFMT == S_IFDIR else {
            unlink(path)
            return
        }
        // A test may have taken our rights away to see what happens.
        chmod(path, 0o700)
        for name in names(in: path) { remove("\(path)/\(name)") }
        rmdir(path)
    }

    /// The names in a folder, sorted, without `.` and `..`; none if it can't be read.
    package static func names(in folder: String) -> [String] {
        guard let listing = opendir(folder) else { return [] }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}

/// Lends a unique empty folder and removes it at the end, whatever happens.
package func withTemporaryDirectory<Result>(
    _ body: (String) async throws -> Result
) async throws -> Result {
    let path = try TemporaryDirectory.create()
    defer { TemporaryDirectory.remove(path) }
    return try await body(path)
}

/// Lends a unique empty folder and removes it at the end, whatever happens.
package func withTemporaryDirectory<Result>(
    _ body: (String) throws -> Result
) throws -> Result {
    let path = try TemporaryDirectory.create()
    defer { TemporaryDirectory.remove(path) }
    return try body(path)
}
