import FleetModel

/// Where blobs are kept: files under names that the registry draws, written once and never changed.
///
/// What is in them is sealed already. A store knows of no database: which of its files are needed is
/// others' to say.
package protocol BlobStore: Sendable {
    /// Whether whoever has begun to read a file can go on when it is deleted.
    var readersOutliveDeletion: Bool { get }

    /// Whether nobody but this process writes to it: what is older than the process, and in no row, is
    /// what a process that was killed left behind.
    var isOwn: Bool { get }

    /// Begins a file. Nothing has its name before `finish`.
    func create(_ location: BlobLocation, of tenant: TenantID) async throws -> any BlobWriter

    /// - Throws: `BlobMissing`.
    func open(_ location: BlobLocation, of tenant: TenantID) async throws -> any BlobReader

    /// Deleting what is not there is no error.
    func delete(_ location: BlobLocation, of tenant: TenantID) async throws

    /// Files that are there, finished or not, in the order of their names.
    func list(
        of tenant: TenantID,
        after: String?,
        limit: Int
    ) async throws -> [StoredBlob]

    /// Deletes what writers that are no more left unfinished.
    func removeUnfinished(of tenant: TenantID, before moment: Timestamp) async throws -> Int

    /// With all its files.
    func remove(_ tenant: TenantID) async throws
}

/// A file that is being written.
package protocol BlobWriter: Sendable {
    func write(_ bytes: [UInt8]) async throws
    /// Makes it last, under its name.
    func finish() async throws
    /// As if it had never been begun.
    func abandon() async
}

/// A file that is being read.
package protocol BlobReader: Sendable {
    /// Frames that are read at a time: more where each time costs a way to another machine.
    var framesAtOnce: Int64 { get }

    /// - Returns: fewer bytes at the end of the file alone.
    func read(at offset: Int64, count: Int) async throws -> [UInt8]
}

extension BlobReader {
    package var framesAtOnce: Int64 { 4 }
}

/// A file as the store shows it.
package struct StoredBlob: Sendable, Hashable {
    package let location: BlobLocation
    package let modifiedAt: Timestamp
    package let size: Int64
}

/// A file that should be in the store is not.
package struct BlobMissing: Error, CustomStringConvertible {
    let location: BlobLocation
    package var description: String { "blob \(location) is not in the store" }
}
