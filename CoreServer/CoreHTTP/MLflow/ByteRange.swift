/// A part of something, from its first byte to before the one behind its last.
struct ByteRange: Sendable, Hashable {
    let from: Int64
    let to: Int64

    static func whole(_ size: Int64) -> ByteRange { ByteRange(from: 0, to: size) }

    enum Wanted: Sendable, Hashable {
        /// No range of bytes, or several: those may be answered with the whole.
        case all
        /// A range that lies behind the end.
        case none
        case part(ByteRange)
    }

    /// What `Range` says (RFC 9110, section 14).
    static func parse(_ text: String, size: Int64) -> Wanted {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].lowercased() == "bytes", !parts[1].contains(",") else {
            return .all
        }
        let ends = parts[1].filter { $0 != " " }
            .split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return .all }
        if ends[0].isEmpty {
            guard let count = number(ends[1]) else { return .all }
            guard count > 0, size > 0 else { return .none }
            return .part(ByteRange(from: max(0, size - count), to: size))
        }
        guard let first = number(ends[0]) else { return .all }
        let last: Int64
        if ends[1].isEmpty {
            last = size - 1
        } else {
            guard let number = number(ends[1]), number >= first else { return .all }
            last = min(number, size - 1)
        }
        guard first < size else { return .none }
        return .part(ByteRange(from: first, to: last + 1))
    }

    /// Digits alone: what is too large to count is larger than every file.
    private static func number(_ text: some StringProtocol) -> Int64? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int64(text) ?? .max
    }
}
