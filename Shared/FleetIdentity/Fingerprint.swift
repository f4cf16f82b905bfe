import Crypto

/// SHA-256 of a certificate's DER form: how a person or a token pins it.
package struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
    /// 32 bytes.
    package let bytes: [UInt8]

    package init(ofDER der: [UInt8]) {
        bytes = Array(SHA256.hash(data: der))
    }

    /// Takes 64 hexadecimal digits, with or without colons, in either case.
    package init(hexadecimal text: String) throws(IdentityError) {
        let digits = text.utf8.filter { $0 != UInt8(ascii: ":") }
        let values = digits.compactMap(Self.value(ofDigit:))
        guard values.count == digits.count, digits.count == 64 else {
            throw IdentityError(
                .wrongFingerprint,
                "a fingerprint has 64 hexadecimal digits (SHA-256), this one has \(digits.count)"
            )
        }
        bytes = stride(from: 0, to: 64, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }

    /// One digit at a time: Swift's own parser takes a sign for a digit's place.
    private static func value(ofDigit digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }

    package var description: String { Hexadecimal.text(bytes) }
}
