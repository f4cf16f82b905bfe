import FleetRuntime
import Glibc

/// The programs this package has built, beside the tests that are running.
package enum Products {
    /// The path of a built executable, such as `core-server`. `HAWSER_PRODUCTS` names a folder to
    /// look in first: release builds, driven by a debug build of the tests.
    ///
    /// - Throws: `CommandError` if it was not built: `swift build` builds what tests don't import.
    package static func path(_ name: String) throws -> String {
        for folder in folders {
            let path = "\(folder)/\(name)"
            if access(path, X_OK) == 0 { return path }
        }
        throw CommandError(
            "\(name) is not beside the tests in \(folders.joined(separator: ", "))",
            hint: "run swift build --product \(name) in the same configuration first"
        )
    }

    /// Where to look: the folder of the running executable, and of the test bundle it was given.
    package static var folders: [String] {
        var paths: [String] = []
        if let given = getenv("HAWSER_PRODUCTS") { paths.append("\(String(cString: given))/") }
        if let executable = realpath("/proc/self/exe", nil) {
            paths.append(String(cString: executable))
            free(executable)
        }
        // Some runners load the bundle, and name it in their arguments.
        paths += CommandLine.arguments.filter { $0.contains(".xctest") || $0.contains("/.build/") }
        var folders: [String] = []
        for path in paths {
            guard let slash = path.lastIndex(of: "/") else { continue }
            let folder = String(path[..<slash])
            if !folders.contains(folder) { folders.append(folder) }
        }
        return folders
    }
}
