import Glibc

/// Files that tests read, in `Tests/Fixtures`.
package enum Fixtures {
    /// The absolute path of a fixture, such as `Scrapes/node.txt`.
    package static func path(_ name: String) -> String {
        "\(repository)/Tests/Fixtures/\(name)"
    }

    /// The root of the repository that this file was compiled in, with symbolic links followed.
    package static let repository: String = {
        let here = realpath(#filePath, nil)
        defer { free(here) }
        // Tests/Support/Files/Fixtures.swift: four names up.
        let path = here.map { String(cString: $0) } ?? #filePath
        return path.split(separator: "/").dropLast(4).reduce("") { "\($0)/\($1)" }
    }()
}
