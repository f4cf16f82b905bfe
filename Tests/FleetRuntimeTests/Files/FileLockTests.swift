import FleetRuntime
import FleetTestSupport
import Glibc
import Testing

@Suite struct FileLockTests {
    @Test func `a second holder is told who has it`() throws {
        try withTemporaryDirectory { folder in
            let path = "\(folder)/lock"
            let lock = try FileLock(path: path)

            let error = #expect(throws: FileLock.Held.self) { try FileLock(path: path) }

            #expect(error?.description == "\(path) is locked by process \(getpid())")
            lock.release()
            _ = try FileLock(path: path)
        }
    }

    @Test func `sharers share, and keep an exclusive holder out`() throws {
        try withTemporaryDirectory { folder in
            let path = "\(folder)/lock"
            let first = try FileLock(path: path, mode: .shared)
            let second = try FileLock(path: path, mode: .shared)

            #expect(throws: FileLock.Held.self) { try FileLock(path: path) }
            first.release()
            #expect(throws: FileLock.Held.self) { try FileLock(path: path) }
            second.release()
            _ = try FileLock(path: path)
        }
    }

    @Test func `a lock dies with its process, even by SIGKILL`() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/lock"
            // One process from here on: the descriptor stays open across `exec`.
            let script = "exec 9<>\(path); flock -x 9; echo locked; exec sleep 60"
            try await withProcess("/bin/sh", ["-c", script]) { process in
                try await process.waitForLine(containing: "locked")
                #expect(throws: FileLock.Held.self) { try FileLock(path: path) }
            }

            _ = try FileLock(path: path)
        }
    }

    @Test func `a child does not inherit the lock`() async throws {
        try await withTemporaryDirectory { folder in
            let path = "\(folder)/lock"
            let lock = try FileLock(path: path)
            try await withProcess("/bin/sleep", ["60"]) { _ in
                lock.release()
                _ = try FileLock(path: path)
            }
        }
    }
}
