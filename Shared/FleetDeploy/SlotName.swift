/// A place aboard where one artifact runs at a time, such as `engine-anomaly`: it has a `current` link, and
/// beside it at most one candidate in the shadow.
package struct SlotName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let limit = 64

    package let rawValue: String

    /// `nil` unless it is 1 to 64 of a–z, 0–9 and "-", beginning with a letter or digit: it names a folder.
    package init?(_ text: String) {
        let bytes = text.utf8
        guard 1...Self.limit ~= bytes.count, bytes.first != UInt8(ascii: "-"),
            bytes.allSatisfy({ byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || byte == UInt8(ascii: "-")
            })
        else { return nil }
        rawValue = text
    }

    package var description: String { rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
