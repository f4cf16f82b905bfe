import CoreDomain
import Crypto
import FoundationEssentials

/// An open blob, of which any part can be read.
package struct BlobContent: Sendable {
    package let size: Int64
    private let reader: any BlobReader
    private let header: BlobHeader
    private let headerBytes: [UInt8]
    private let key: SymmetricKey

    /// - Throws: `BlobDamage`.
    init(
        _ reader: any BlobReader,
        at location: BlobLocation,
        size: Int64,
        key dataKey: TenantDataKey
    ) async throws {
        self.size = size
        self.reader = reader
        headerBytes = try await reader.read(at: 0, count: BlobHeader.byteCount)
        header = try BlobHeader(headerBytes)
        guard header.keyNumber == dataKey.number else {
            throw BlobDamage("its header names another key than its row")
        }
        key = dataKey.derived(salt: header.salt, for: BlobHeader.purpose(location))
    }

    /// The content from a place on, as much of it as is opened at once.
    ///
    /// - Throws: `BlobDamage`: never are there wrong bytes.
    package func read(from offset: Int64, to end: Int64) async throws -> [UInt8] {
        precondition(0 <= offset && offset <= end && end <= size, "a part lies within its blob")
        let frameBytes = Int64(header.frameBytes)
        let last = header.lastFrame(ofSize: size)
        let first = min(offset / frameBytes, last)
        let upTo = min(last, first + reader.framesAtOnce - 1, max(first, (end - 1) / frameBytes))
        let tagged = header.frameBytes + BlobHeader.tagBytes
        var expected = Int(upTo - first) * tagged + BlobHeader.tagBytes
        expected += upTo == last ? Int(size - last * frameBytes) : header.frameBytes
        // The last frame ends the file: one byte more would not be of it.
        let sealed = try await reader.read(
            at: header.offset(ofFrame: first),
            count: expected + (upTo == last ? 1 : 0)
        )
        guard sealed.count == expected else {
            throw BlobDamage("its length is not that of its row")
        }
        var content: [UInt8] = []
        content.reserveCapacity(expected)
        for frame in first...upTo {
            let start = Int(frame - first) * tagged
            let stop = min(start + tagged, sealed.count)
            try open(sealed[start..<stop], frame, isLast: frame == last, to: &content)
        }
        let begin = Int(offset - first * frameBytes)
        let stop = min(content.count, Int(end - first * frameBytes))
        return begin == 0 && stop == content.count ? content : Array(content[begin..<stop])
    }

    private func open(
        _ sealed: ArraySlice<UInt8>,
        _ frame: Int64,
        isLast: Bool,
        to content: inout [UInt8]
    ) throws {
        let opened: Data
        do {
            let box = try AES.GCM.SealedBox(
                nonce: AES.GCM.Nonce(data: BlobHeader.nonce(frame, isLast: isLast)),
                ciphertext: sealed.dropLast(BlobHeader.tagBytes),
                tag: sealed.suffix(BlobHeader.tagBytes)
            )
            opened = try AES.GCM.open(box, using: key, authenticating: headerBytes)
        } catch {
            throw BlobDamage("frame \(frame) is not as it was sealed")
        }
        opened.withUnsafeBytes { content.append(contentsOf: $0) }
    }

    /// Reads all of it.
    ///
    /// - Returns: its SHA-256.
    /// - Throws: `BlobDamage`.
    func digest() async throws -> [UInt8] {
        var hash = SHA256()
        var offset: Int64 = 0
        repeat {
            try Task.checkCancellation()
            let part = try await read(from: offset, to: size)
            hash.update(data: part)
            offset += Int64(part.count)
        } while offset < size
        return Array(hash.finalize())
    }
}
