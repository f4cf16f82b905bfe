import CoreDomain
import Crypto
import FoundationEssentials

/// Seals a blob's content piece by piece, as it comes, and tells its digest at the end.
struct BlobSealer {
    let header: BlobHeader
    private let key: SymmetricKey
    private let headerBytes: [UInt8]
    /// Not sealed yet: whether a frame is the last shows when more comes.
    private var rest: [UInt8] = []
    private var frame: Int64 = 0
    private var hash = SHA256()
    private var hasBegun = false
    /// Of the content so far.
    private(set) var size: Int64 = 0

    init(_ dataKey: TenantDataKey, _ location: BlobLocation) {
        header = BlobHeader(keyNumber: dataKey.number)
        headerBytes = header.bytes
        key = dataKey.derived(salt: header.salt, for: BlobHeader.purpose(location))
    }

    /// - Returns: what is to be written behind what was before; the header comes first.
    mutating func append(_ bytes: [UInt8]) throws -> [UInt8] {
        size += Int64(bytes.count)
        hash.update(data: bytes)
        var sealed = begin()
        rest.append(contentsOf: bytes)
        var start = 0
        while rest.count - start > header.frameBytes {
            try seal(rest[start..<start + header.frameBytes], isLast: false, to: &sealed)
            start += header.frameBytes
        }
        if start > 0 { rest.removeFirst(start) }
        return sealed
    }

    private mutating func begin() -> [UInt8] {
        defer { hasBegun = true }
        return hasBegun ? [] : headerBytes
    }

    /// - Returns: what is to be written at the end.
    mutating func finish() throws -> [UInt8] {
        var sealed = begin()
        try seal(rest[...], isLast: true, to: &sealed)
        return sealed
    }

    /// Of all that was appended: SHA-256.
    var digest: [UInt8] { Array(hash.finalize()) }

    private mutating func seal(
        _ content: ArraySlice<UInt8>,
        isLast: Bool,
        to sealed: inout [UInt8]
    ) throws {
        let box = try AES.GCM.seal(
            content,
            using: key,
            nonce: AES.GCM.Nonce(data: BlobHeader.nonce(frame, isLast: isLast)),
            authenticating: headerBytes
        )
        box.ciphertext.withUnsafeBytes { sealed.append(contentsOf: $0) }
        box.tag.withUnsafeBytes { sealed.append(contentsOf: $0) }
        frame += 1
    }
}
