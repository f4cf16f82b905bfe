/// How a blob's file begins: how to read the rest.
///
///     offset  bytes
///     0       8      "HAWSBLOB"
///     8       1      version: 1
///     9       3      0
///     12      4      bytes of a frame before it is sealed, big-endian
///     16      8      number of the tenant's key, big-endian
///     24      32     salt
///     56      8      0
///
/// After it come frames: AES-256-GCM under a key that is derived from the tenant's, the salt and the
/// file's name, each with its tag of 16 bytes behind it. A frame's nonce is its number, with a mark on
/// the last: frames can't be moved, left out or cut off. All have the same length but the last, so that
/// any part can be read by itself; content of 0 bytes is one frame of 0 bytes.
struct BlobHeader: Sendable, Hashable {
    static let byteCount = 64
    static let saltBytes = 32
    static let tagBytes = 16
    /// What is read at least: smaller frames would cost tags, larger ones memory and time to the first
    /// byte.
    static let frameBytes = 64 * 1024

    private static let magic = Array("HAWSBLOB".utf8)

    let frameBytes: Int
    let keyNumber: Int64
    let salt: [UInt8]

    /// Of a new file.
    init(keyNumber: Int64) {
        frameBytes = Self.frameBytes
        self.keyNumber = keyNumber
        var generator = SystemRandomNumberGenerator()
        salt = (0..<Self.saltBytes).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// - Throws: `BlobDamage`.
    init(_ bytes: [UInt8]) throws(BlobDamage) {
        guard bytes.count == Self.byteCount, bytes.prefix(8).elementsEqual(Self.magic),
            bytes[8] == 1
        else { throw BlobDamage("its header is not one") }
        let frame = bytes[12..<16].reduce(0) { $0 << 8 | Int($1) }
        guard (1024...16 * 1024 * 1024).contains(frame) else {
            throw BlobDamage("its header has no length of frames")
        }
        frameBytes = frame
        keyNumber = bytes[16..<24].reduce(0) { $0 << 8 | Int64($1) }
        salt = Array(bytes[24..<56])
    }

    var bytes: [UInt8] {
        var bytes = Self.magic + [1, 0, 0, 0]
        for shift in stride(from: 24, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: frameBytes >> shift))
        }
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: keyNumber >> Int64(shift)))
        }
        return bytes + salt + [UInt8](repeating: 0, count: 8)
    }

    /// What a key is derived for.
    static func purpose(_ location: BlobLocation) -> String { "artifact blob \(location)" }

    static func nonce(_ frame: Int64, isLast: Bool) -> [UInt8] {
        var bytes: [UInt8] = [0, 0, 0, isLast ? 1 : 0]
        for shift in stride(from: 56, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: frame >> Int64(shift)))
        }
        return bytes
    }

    /// The number of the last frame.
    func lastFrame(ofSize size: Int64) -> Int64 {
        max(0, (size - 1) / Int64(frameBytes))
    }

    /// Where a frame begins in the file.
    func offset(ofFrame frame: Int64) -> Int64 {
        Int64(Self.byteCount) + frame * Int64(frameBytes + Self.tagBytes)
    }
}

/// A blob's file is not as it was written.
package struct BlobDamage: Error, Equatable, CustomStringConvertible {
    package let reason: String

    init(_ reason: String) { self.reason = reason }

    package var description: String { "a stored blob is damaged: \(reason)" }
}
