import CorePostgres
import FleetModel

/// A file that is stored, as its path shows it.
package struct Artifact: Sendable, Hashable {
    /// SHA-256 of its content.
    package let digest: [UInt8]
    package let size: Int64
    package let updatedAt: Timestamp
}

/// Where an artifact's bytes are, and under which key.
struct ArtifactPlace: Sendable {
    let artifact: Artifact
    let location: BlobLocation
    let keyNumber: Int64
    let isDamaged: Bool

    init(_ row: PostgresRow) throws {
        artifact = Artifact(
            digest: try row.bytes("digest"),
            size: try row.int64("size"),
            updatedAt: try row.timestamp("updated_at")
        )
        let text = try row.text("location")
        guard let location = BlobLocation(text) else {
            throw BlobDamage("its row names no place of this store")
        }
        self.location = location
        keyNumber = try row.int64("key_number")
        isDamaged = try row.bool("is_damaged")
    }
}

/// What a directory shows.
package struct ArtifactEntry: Sendable, Hashable {
    /// Its last name.
    package let name: String
    /// nil of a directory.
    package let size: Int64?
}

/// A file whose bytes can be read, whatever becomes of its path meanwhile.
package struct ArtifactDownload: Sendable {
    package let artifact: Artifact
    package let content: BlobContent
    /// Held while it is read.
    let slot: TransferSlots.Slot
}
