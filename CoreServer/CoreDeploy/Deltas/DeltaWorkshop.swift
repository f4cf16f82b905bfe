import CoreRegistry
import Dispatch
import FleetDelta
import FleetDeploy
import FleetModel
import FleetRuntime
import Glibc
import Synchronization

/// Makes one delta at a time in a folder of this process: both trees from the store, the delta beside them,
/// carried out once to see that the ships' own code comes to the same tree.
struct DeltaWorkshop: Sendable {
    /// A delta in a file, until the workshop is cleared.
    struct Product: Sendable {
        let path: String
        let size: Int64
        let method: String
    }

    private static let queue = DispatchQueue(label: "hawser.deltas", attributes: .concurrent)
    private static let pieceBytes: Int64 = 1 << 20

    private let folder: String
    private let artifacts: Artifacts

    /// Clears what an earlier process left in the folder.
    init(folder: String, artifacts: Artifacts) throws {
        self.folder = folder
        self.artifacts = artifacts
        try clear()
    }

    func clear() throws {
        try Self.remove(folder)
        try PrivateDirectory.create(folder)
    }

    /// - Throws: `DeltaError` where it can't be made however often it is tried.
    func make(
        _ target: VersionTree,
        from base: VersionTree,
        of tenant: TenantID
    ) async throws -> Product {
        try requireRoom(for: target.bytes, base.bytes)
        let held = Set(base.tree.entries.map(\.digest))
        try await fetch(base.tree.entries, to: folder + "/base", of: tenant)
        // What the ship holds is not told: the encoder does not look at it.
        try await fetch(
            target.tree.entries.filter { !held.contains($0.digest) },
            to: folder + "/target",
            of: tenant
        )
        let folder = folder
        return try await Self.uninterrupted { mayGoOn in
            let source = DeltaBase(base.tree, at: folder + "/base")
            let (delta, report) = try DeltaEncoder(
                base: source,
                tree: target.tree,
                at: folder + "/target",
                workspace: folder,
                mayGoOn: mayGoOn
            )
            .encode()
            let path = folder + "/delta"
            try AtomicFile.write(delta, to: path, mode: 0o600)
            _ = try DeltaDecoder(delta: path, base: source, staging: folder + "/made")
                .run(expecting: target.digest.bytes)
            return Product(path: path, size: Int64(delta.count), method: report.method)
        }
    }

    private func requireRoom(for target: Int64, _ base: Int64) throws {
        // Both trees, and once more as the encoder lays their files end to end; the delta and what it makes.
        let needed = 2 * (target + base) + 2 * target + (64 << 20)
        var facts = statvfs()
        guard statvfs(folder, &facts) == 0 else { throw FileError("look at", folder) }
        let free = Int64(clamping: UInt64(facts.f_bavail) * UInt64(facts.f_frsize))
        guard free >= needed else {
            throw FileError(
                "make a delta in",
                folder,
                reason: "\(needed) bytes are needed there, and \(free) are free"
            )
        }
    }

    private func fetch(
        _ entries: [FleetDelta.ArtifactEntry],
        to root: String,
        of tenant: TenantID
    ) async throws {
        try PrivateDirectory.create(root)
        for entry in entries {
            let path = "\(root)/\(entry.path)"
            if let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) {
                try PrivateDirectory.create(String(path[..<slash]))
            }
            let download = try await artifacts.open(digest: entry.digest, of: tenant)
            let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
            guard file >= 0 else { throw FileError("create", path) }
            defer { close(file) }
            var offset: Int64 = 0
            while offset < Int64(entry.size) {
                try Task.checkCancellation()
                let bytes = try await artifacts.read(
                    download,
                    from: offset,
                    to: min(Int64(entry.size), offset + Self.pieceBytes),
                    of: tenant
                )
                offset += Int64(bytes.count)
                try await Self.uninterrupted { _ in try Self.write(bytes, to: file, path) }
            }
        }
    }

    private static func write(_ bytes: [UInt8], to file: Int32, _ path: String) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(
                    file,
                    buffer.baseAddress?.advanced(by: written),
                    buffer.count - written
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw FileError("write", path) }
            written += count
        }
    }

    /// Runs work that blocks on a thread of its own, and asks it to stop when the task is cancelled or the time
    /// is over.
    private static func uninterrupted<Value: Sendable>(
        _ work: @escaping @Sendable (@escaping @Sendable () -> Bool) throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + DeltaBuildLimits.time
        let flag = Flag()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async {
                    continuation.resume(
                        with: Result {
                            try work { !flag.isRaised && ContinuousClock.now < deadline }
                        }
                    )
                }
            }
        } onCancel: {
            flag.raise()
        }
    }

    private final class Flag: Sendable {
        private let state = Atomic(false)

        var isRaised: Bool { state.load(ordering: .relaxed) }

        func raise() { state.store(true, ordering: .relaxed) }
    }

    /// Deletes a folder with all that is in it; links are not followed.
    private static func remove(_ path: String) throws {
        guard let listing = opendir(path) else {
            if errno == ENOENT { return }
            throw FileError("list", path)
        }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        closedir(listing)
        for name in names {
            let below = "\(path)/\(name)"
            if unlink(below) == 0 || errno == ENOENT { continue }
            guard errno == EISDIR || errno == EPERM else { throw FileError("delete", below) }
            try remove(below)
        }
        guard rmdir(path) == 0 || errno == ENOENT else { throw FileError("delete", path) }
    }
}
