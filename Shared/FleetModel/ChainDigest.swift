/// The running digest over every segment of a lane so far: proof that ship and shore mean the same
/// bytes by a position. 128 bits; `FleetIdentity` computes it, the wire only carries it.
package struct ChainDigest: Hashable, Sendable, CustomStringConvertible {
    /// Bytes of the digest.
    package static let size = 16

    /// Exactly `size` bytes.
    package let bytes: [UInt8]

    /// `nil` for any other length.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.size else { return nil }
        self.bytes = bytes
    }

    private init() {
        bytes = [UInt8](repeating: 0, count: Self.size)
    }

    /// What a lane starts from: all zero.
    package static let start = Self()

    package var description: String {
        bytes.map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
