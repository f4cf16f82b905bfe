import FleetRuntime
import Glibc

/// A file system in memory that is soon full. Mounting needs rights that not every machine gives.
package struct SmallDisk: Sendable {
    /// The mount point.
    package let path: String

    /// Lends a disk of so many bytes.
    package static func with<Result>(
        at path: String,
        bytes: Int,
        _ body: (SmallDisk) async throws -> Result
    ) async throws -> Result {
        mkdir(path, 0o700)
        try await run("mount", "-t", "tmpfs", "-o", "size=\(bytes),mode=0700", "tmpfs", path)
        do {
            let result = try await body(SmallDisk(path: path))
            try await run("umount", "-l", path)
            return result
        } catch {
            try? await run("umount", "-l", path)
            throw error
        }
    }

    /// Whether a disk can be mounted here.
    package static func isPossible() async -> Bool {
        do {
            return try await withTemporaryDirectory { folder in
                try await with(at: "\(folder)/disk", bytes: 1024 * 1024) { _ in true }
            }
        } catch {
            print("SKIPPED: no small disk can be mounted here (\(error)): run the tests as root")
            return false
        }
    }

    /// Writes ballast until no more than `leaving` bytes are free.
    package func fill(leaving: Int = 0) throws {
        let file = open("\(path)/ballast", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileError("create", "\(path)/ballast") }
        defer { close(file) }
        let block = [UInt8](repeating: 0x55, count: 4096)
        while free > leaving {
            guard write(file, block, block.count) > 0 else {
                guard errno == ENOSPC else { throw FileError("write", "\(path)/ballast") }
                return
            }
        }
    }

    /// Takes the ballast away.
    package func clear() {
        unlink("\(path)/ballast")
    }

    package var free: Int {
        var volume = statvfs()
        guard statvfs(path, &volume) == 0 else { return 0 }
        return Int(volume.f_bavail) * Int(volume.f_frsize)
    }

    private static func run(_ command: String...) async throws {
        try await withProcess(command[0], Array(command.dropFirst())) { process in
            guard try await process.waitForExit() == .exited(0) else {
                throw CommandError("\(command): \(process.standardError)")
            }
        }
    }
}
