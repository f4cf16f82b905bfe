import CorePostgres

/// A part of an upload, in the store by itself.
struct ArtifactPart: Sendable {
    let number: Int
    let digest: [UInt8]
    let size: Int64
    let location: BlobLocation
    let keyNumber: Int64

    init(_ row: PostgresRow) throws {
        number = Int(try row.int32("part_number"))
        digest = try row.bytes("digest")
        size = try row.int64("size")
        guard let location = BlobLocation(try row.text("location")) else {
            throw BlobDamage("its row names no place of this store")
        }
        self.location = location
        keyNumber = try row.int64("key_number")
    }
}

/// The content of parts, one after the other, read as it is asked for.
struct PartSequence: AsyncSequence, Sendable {
    let parts: [ArtifactPart]
    let open: @Sendable (ArtifactPart) async throws -> BlobContent

    struct AsyncIterator: AsyncIteratorProtocol {
        private var rest: ArraySlice<ArtifactPart>
        private let open: @Sendable (ArtifactPart) async throws -> BlobContent
        private var content: BlobContent?
        private var offset: Int64 = 0

        init(_ sequence: PartSequence) {
            rest = sequence.parts[...]
            open = sequence.open
        }

        mutating func next() async throws -> [UInt8]? {
            while true {
                if let content, offset < content.size {
                    let bytes = try await content.read(from: offset, to: content.size)
                    offset += Int64(bytes.count)
                    return bytes
                }
                guard let part = rest.popFirst() else { return nil }
                content = try await open(part)
                offset = 0
            }
        }
    }

    func makeAsyncIterator() -> AsyncIterator { AsyncIterator(self) }
}
