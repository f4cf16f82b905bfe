import FleetRuntime
import FleetTestSupport
import Glibc
import Testing

@Suite struct PrivateDirectoryTests {
    private func mode(_ path: String) -> mode_t {
        var information = stat()
        return stat(path, &information) == 0 ? information.st_mode & 0o777 : 0
    }

    @Test func `it is created with its parents, for us alone`() throws {
        try withTemporaryDirectory { folder in
            try PrivateDirectory.create("\(folder)/a/b/c")

            #expect(mode("\(folder)/a/b/c") == 0o700)
            try PrivateDirectory.create("\(folder)/a/b/c")
        }
    }

    @Test func `a wider one is narrowed, its parents are not`() throws {
        try withTemporaryDirectory { folder in
            try PrivateDirectory.create("\(folder)/a/b")
            #expect(chmod("\(folder)/a", 0o755) == 0 && chmod("\(folder)/a/b", 0o755) == 0)

            try PrivateDirectory.create("\(folder)/a/b")

            #expect(mode("\(folder)/a") == 0o755)
            #expect(mode("\(folder)/a/b") == 0o700)
        }
    }

    @Test func `a file in its place is refused`() throws {
        try withTemporaryDirectory { folder in
            try AtomicFile.write([1], to: "\(folder)/a")

            let error = #expect(throws: FileError.self) {
                try PrivateDirectory.create("\(folder)/a")
            }
            #expect(error?.reason == "it is not a folder")
            #expect(throws: FileError.self) { try PrivateDirectory.create("\(folder)/a/b") }
        }
    }
}
