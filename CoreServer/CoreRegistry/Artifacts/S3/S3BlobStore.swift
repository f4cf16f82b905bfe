import FleetModel
import FleetRuntime
import Glibc

/// Blobs in a bucket: `PREFIX/TENANT/ab/ab12…`. What is written waits in a folder of this machine until
/// it is whole, since the store wants to know its length before.
package struct S3BlobStore: BlobStore {
    private let client: S3Client
    private let spool: String

    /// - Parameter spool: a folder of this process alone; what is in it is left over, and goes.
    package init(
        _ place: S3Place,
        credentials: S3Credentials,
        transport: any S3Transport,
        spool: String,
        clock: WallClock
    ) throws {
        client = S3Client(place, credentials, transport, clock)
        self.spool = spool
        try PrivateDirectory.create(spool)
        guard let listing = opendir(spool) else { throw FileError("list", spool) }
        defer { closedir(listing) }
        while let entry = readdir(listing) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if !name.hasPrefix(".") { unlink("\(spool)/\(name)") }
        }
    }

    package var readersOutliveDeletion: Bool { false }
    package var isOwn: Bool { false }

    private func key(_ location: BlobLocation, _ tenant: TenantID) -> String {
        "\(tenant.rawValue)/\(location)"
    }

    package func create(
        _ location: BlobLocation,
        of tenant: TenantID
    ) async throws -> any BlobWriter {
        let (spool, key, client) = (spool, key(location, tenant), client)
        let file = "\(spool)/\(location.name)"
        let whole = file + ".whole"
        let writer = try await Disk.run {
            try DiskBlobWriter(temporary: file, path: whole, folder: spool, isDurable: false)
        }
        return S3BlobWriter(file: writer, path: whole, key: key, client: client)
    }

    package func open(
        _ location: BlobLocation,
        of tenant: TenantID
    ) async throws -> any BlobReader {
        S3BlobReader(location: location, key: key(location, tenant), client: client)
    }

    package func delete(_ location: BlobLocation, of tenant: TenantID) async throws {
        try await client.delete(key(location, tenant))
    }

    package func list(
        of tenant: TenantID,
        after: String?,
        limit: Int
    ) async throws -> [StoredBlob] {
        let home = "\(tenant.rawValue)/"
        var after = after
        while true {
            let listed = try await client.list(
                home,
                after: after.map { home + $0 },
                limit: limit
            )
            let found = listed.compactMap { item in
                BlobLocation(item.key.dropFirst(home.count)).map { location in
                    StoredBlob(location: location, modifiedAt: item.modifiedAt, size: item.size)
                }
            }
            // A page of what is none of ours is no end.
            guard found.isEmpty, let last = listed.last else { return found }
            after = String(last.key.dropFirst(home.count))
        }
    }

    package func removeUnfinished(
        of tenant: TenantID,
        before moment: Timestamp
    ) async throws -> Int {
        try await client.abortUploads("\(tenant.rawValue)/", before: moment)
    }

    package func remove(_ tenant: TenantID) async throws {
        while true {
            let listed = try await client.list("\(tenant.rawValue)/", after: nil, limit: 1000)
            guard !listed.isEmpty else { return }
            for item in listed { try await client.delete(item.key) }
        }
    }
}

/// An object that is written to a file first.
private struct S3BlobWriter: BlobWriter {
    let file: DiskBlobWriter
    let path: String
    let key: String
    let client: S3Client

    func write(_ bytes: [UInt8]) async throws { try await file.write(bytes) }

    func finish() async throws {
        try await file.finish()
        defer { unlink(path) }
        var facts = stat()
        guard lstat(path, &facts) == 0 else { throw FileError("look at", path) }
        try await client.put(key, path, size: Int64(facts.st_size))
    }

    func abandon() async {
        await file.abandon()
        unlink(path)
    }
}

/// An object of which parts are read, each by a request.
private struct S3BlobReader: BlobReader {
    let location: BlobLocation
    let key: String
    let client: S3Client

    var framesAtOnce: Int64 { 16 }

    func read(at offset: Int64, count: Int) async throws -> [UInt8] {
        guard let bytes = try await client.get(key, at: offset, count: count) else {
            throw BlobMissing(location: location)
        }
        return bytes
    }
}
