import FleetModel
import FleetRuntime
import Glibc

/// Blobs in a folder of this machine: `TENANT/ab/ab12…`, and `TENANT/incoming/ab12…` while they are
/// written.
package struct DiskBlobStore: BlobStore {
    private static let incoming = "incoming"

    private let folder: String

    /// - Parameter folder: which nobody else writes to, and which is made if it is not there.
    package init(folder: String) throws {
        self.folder = folder
        try PrivateDirectory.create(folder)
    }

    package var readersOutliveDeletion: Bool { true }
    package var isOwn: Bool { true }

    private func home(_ tenant: TenantID) -> String { "\(folder)/\(tenant.rawValue)" }

    private func path(_ location: BlobLocation, _ tenant: TenantID) -> String {
        "\(home(tenant))/\(location)"
    }

    package func create(
        _ location: BlobLocation,
        of tenant: TenantID
    ) async throws -> any BlobWriter {
        let home = home(tenant)
        let temporary = "\(home)/\(Self.incoming)/\(location.name)"
        let path = path(location, tenant)
        return try await Disk.run {
            try Self.makeFolder(home)
            try Self.makeFolder("\(home)/\(Self.incoming)")
            try Self.makeFolder("\(home)/\(location.folder)")
            return try DiskBlobWriter(
                temporary: temporary,
                path: path,
                folder: "\(home)/\(location.folder)"
            )
        }
    }

    private static func makeFolder(_ path: String) throws {
        if access(path, F_OK) == 0 { return }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw FileError("create", path) }
        guard let slash = path.lastIndex(of: "/") else { return }
        try AtomicFile.syncFolder(String(path[..<slash]))
    }

    package func open(
        _ location: BlobLocation,
        of tenant: TenantID
    ) async throws -> any BlobReader {
        let path = path(location, tenant)
        return try await Disk.run {
            let file = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
            guard file >= 0 else {
                if errno == ENOENT { throw BlobMissing(location: location) }
                throw FileError("open", path)
            }
            return DiskBlobReader(file: file, path: path)
        }
    }

    package func delete(_ location: BlobLocation, of tenant: TenantID) async throws {
        let path = path(location, tenant)
        try await Disk.run {
            guard unlink(path) == 0 || errno == ENOENT else { throw FileError("delete", path) }
        }
    }

    package func list(
        of tenant: TenantID,
        after: String?,
        limit: Int
    ) async throws -> [StoredBlob] {
        let home = home(tenant)
        return try await Disk.run {
            var found: [StoredBlob] = []
            for shard in try Self.names(in: home) where shard.utf8.count == 2 {
                // "ab" comes after "aa/…", and before "ab/…".
                if let after, shard < after.prefix(2) { continue }
                for name in try Self.names(in: "\(home)/\(shard)") {
                    guard let location = BlobLocation("\(shard)/\(name)") else { continue }
                    if let after, location.text <= after { continue }
                    guard let facts = Self.facts("\(home)/\(location)") else { continue }
                    found.append(
                        StoredBlob(
                            location: location,
                            modifiedAt: facts.modifiedAt,
                            size: facts.size
                        )
                    )
                    if found.count == limit { return found }
                }
            }
            return found
        }
    }

    package func removeUnfinished(
        of tenant: TenantID,
        before moment: Timestamp
    ) async throws -> Int {
        let incoming = "\(home(tenant))/\(Self.incoming)"
        return try await Disk.run {
            var count = 0
            for name in try Self.names(in: incoming) {
                let path = "\(incoming)/\(name)"
                guard let facts = Self.facts(path), facts.modifiedAt < moment else { continue }
                guard unlink(path) == 0 || errno == ENOENT else { throw FileError("delete", path) }
                count += 1
            }
            return count
        }
    }

    package func remove(_ tenant: TenantID) async throws {
        let home = home(tenant)
        try await Disk.run {
            for shard in try Self.names(in: home) {
                for name in try Self.names(in: "\(home)/\(shard)") {
                    let path = "\(home)/\(shard)/\(name)"
                    guard unlink(path) == 0 || errno == ENOENT else {
                        throw FileError("delete", path)
                    }
                }
                guard rmdir("\(home)/\(shard)") == 0 || errno == ENOENT else {
                    throw FileError("delete", "\(home)/\(shard)")
                }
            }
            guard rmdir(home) == 0 || errno == ENOENT else { throw FileError("delete", home) }
        }
    }

    /// In order; none where there is no such folder.
    private static func names(in folder: String) throws -> [String] {
        guard let listing = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw FileError("list", folder)
        }
        defer { closedir(listing) }
        var names: [String] = []
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func facts(_ path: String) -> (modifiedAt: Timestamp, size: Int64)? {
        var facts = stat()
        guard lstat(path, &facts) == 0 else { return nil }
        let milliseconds =
            Int64(facts.st_mtim.tv_sec) * 1000 + Int64(facts.st_mtim.tv_nsec) / 1_000_000
        return (Timestamp(milliseconds: milliseconds), Int64(facts.st_size))
    }
}
