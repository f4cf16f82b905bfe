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
        let digits = text.filter { $0 != ":" }
        var bytes: [UInt8] = []
        var rest = Substring(digits)
        while rest.count >= 2, let byte = UInt8(rest.prefix(2), radix: 16) {
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        guard rest.isEmpty, bytes.count == 32 else {
            throw IdentityError(
                .wrongFingerprint,
                "a fingerprint has 64 hexadecimal digits (SHA-256), this one has \(digits.count)"
            )
        }
        self.bytes = bytes
    }

    package var description: String { Hexadecimal.text(bytes) }
}
