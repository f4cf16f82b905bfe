import Glibc

extension Substring {
    /// Whether `word` stands here by itself: not as the part of a longer identifier.
    ///
    /// Written out, because Swift's `\b` follows Unicode's rules, by which `TenantQueries.self` has
    /// no boundary before the dot.
    func names(_ word: String) -> Bool {
        contains(word) { before, after, first, last in
            (!Self.isPartOfWord(before) || !Self.isPartOfWord(first))
                && (!Self.isPartOfWord(after) || !Self.isPartOfWord(last))
        }
    }

    /// Whether `path` starts here: not as the rest of a longer path or address.
    func mentions(path: String) -> Bool {
        let joints = [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "}")]
        return contains(path) { before, _, _, _ in
            !Self.isPartOfWord(before) && !joints.contains(before)
        }
    }

    /// Whether `text` stands here in surroundings that `isWanted` accepts, given the bytes before,
    /// after, first and last; a blank where the line begins or ends.
    ///
    /// Every word of every rule passes every line here, so it works on the bytes in place.
    private func contains(
        _ text: String,
        isWanted: (_ before: UInt8, _ after: UInt8, _ first: UInt8, _ last: UInt8) -> Bool
    ) -> Bool {
        let blank = UInt8(ascii: " ")
        let found = text.utf8.withContiguousStorageIfAvailable { text in
            utf8.withContiguousStorageIfAvailable { line in
                guard let first = text.first, let last = text.last, let base = line.baseAddress,
                    let sought = text.baseAddress
                else { return false }
                var start = 0
                while start + text.count <= line.count {
                    let room = line.count - text.count - start + 1
                    guard let next = memchr(base + start, Int32(first), room) else { return false }
                    start = UnsafeRawPointer(next) - UnsafeRawPointer(base)
                    let end = start + text.count
                    if memcmp(base + start, sought, text.count) == 0 {
                        let before = start == 0 ? blank : line[start - 1]
                        let after = end == line.count ? blank : line[end]
                        if isWanted(before, after, first, last) { return true }
                    }
                    start += 1
                }
                return false
            } ?? false
        }
        return found ?? false
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
        default: byte >= 0x80
        }
    }
}
