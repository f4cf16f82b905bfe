/// The form of tenants' and ships' names: what fits in a URL, a file name and a label.
package enum Slug {
    /// Throws `invalid` unless `name` is 1–63 of a–z, 0–9 and hyphens, with no hyphen at an end.
    package static func check(_ name: String, what: String) throws(DomainError) {
        let bytes = Array(name.utf8)
        let isInner = { (byte: UInt8) in
            (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
        }
        guard (1...63).contains(bytes.count), bytes.allSatisfy(isInner),
            bytes.first != 0x2D, bytes.last != 0x2D
        else {
            throw DomainError(
                .invalid,
                "a \(what)'s name has 1 to 63 of a-z, 0-9 and hyphens, and no hyphen at an end"
            )
        }
    }
}
