import FleetRuntime
import FleetTestSupport
import Glibc
import Testing

@Suite struct AtomicFileTests {
    @Test func `what was written is read, with its mode`() throws {
        try withTemporaryDirectory { folder in
            let path = "\(folder)/a"

            try AtomicFile.write([1, 2, 3], to: path, mode: 0o640)
            try AtomicFile.write([4, 5], to: path, mode: 0o640)

            var information = stat()
            #expect(stat(path, &information) == 0)
            #expect(information.st_mode & 0o777 == 0o640)
            #expect(try AtomicFile.read(path, limit: 2) == [4, 5])
            #expect(TemporaryDirectory.names(in: folder) == ["a"])
        }
    }

    @Test func `a failed write leaves the old file and nothing else`() throws {
        try withTemporaryDirectory { folder in
            // A folder that isn't empty can't be replaced by a file.
            try PrivateDirectory.create("\(folder)/a/b")

            let error = #expect(throws: FileError.self) {
                try AtomicFile.write([1], to: "\(folder)/a")
            }

            #expect(error?.description.hasPrefix("cannot rename a new file to \(folder)/a") == true)
            #expect(TemporaryDirectory.names(in: folder) == ["a"])
        }
    }

    @Test func `a file over the limit is refused, not cut`() throws {
        try withTemporaryDirectory { folder in
            let bytes = [UInt8](repeating: 7, count: 200_000)
            try AtomicFile.write(bytes, to: "\(folder)/a")

            #expect(throws: FileError.self) {
                try AtomicFile.read("\(folder)/a", limit: 199_999)
            }
            #expect(try AtomicFile.read("\(folder)/a", limit: 200_000) == bytes)
        }
    }

    @Test func `text that is not UTF-8 is refused`() throws {
        try withTemporaryDirectory { folder in
            try AtomicFile.write([0xFF, 0xFE], to: "\(folder)/a")

            #expect(throws: FileError.self) { try AtomicFile.readText("\(folder)/a", limit: 10) }
        }
    }

    @Test func `leftovers of a crash are removed, other files stay`() throws {
        try withTemporaryDirectory { folder in
            try AtomicFile.write([1], to: "\(folder)/.hawser-1-2")
            try AtomicFile.write([1], to: "\(folder)/kept")

            #expect(try AtomicFile.removeLeftovers(in: folder) == 1)
            #expect(TemporaryDirectory.names(in: folder) == ["kept"])
        }
    }

    /// Readers that come while a writer is at it see one of the two contents, never a mixture.
    @Test func `a reader never sees half a file`() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/a"
            let size = 100_000
            try AtomicFile.write([UInt8](repeating: 0, count: size), to: path)

            try await withThrowingTaskGroup { group in
                group.addTask {
                    for round in 1...20 {
                        let bytes = [UInt8](repeating: UInt8(round), count: size)
                        try AtomicFile.write(bytes, to: path)
                    }
                }
                for _ in 0..<100 {
                    let bytes = try AtomicFile.read(path, limit: size)
                    #expect(bytes.count == size && Set(bytes).count == 1)
                    await Task.yield()
                }
                try await group.waitForAll()
            }
        }
    }
}
