/// One element of an `Accept` header, such as `text/*;q=0.5` (RFC 9110, section 12.5.1).
///
/// Parameters other than the weight are ignored: we have one form of each type, and a client that
/// asks for `application/json;charset=utf-8` is better served than refused.
struct MediaRange: Sendable, Equatable {
    /// Elements of one header that are looked at: browsers send fewer than ten.
    private static let longestList = 64

    /// Lower case; `*` stands for any.
    let type: String
    let subtype: String
    /// In thousandths, 0…1000, as the header may write three decimals.
    let weight: Int

    /// 0 for `*/*`, 1 for `text/*`, 2 for a full type.
    var specificity: Int { (type == "*" ? 0 : 1) + (subtype == "*" ? 0 : 1) }

    func matches(_ media: (type: String, subtype: String)) -> Bool {
        (type == "*" || type == media.type) && (subtype == "*" || subtype == media.subtype)
    }

    /// The elements of a header; malformed ones are passed over, as the standard advises of lists.
    static func list(_ header: String) -> [Self] {
        split(header, at: ",").prefix(longestList).compactMap { Self($0) }
    }

    private init?(_ element: String) {
        let parts = Self.split(element, at: ";").map(Self.trimmed)
        let names = (parts.first ?? "").split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.lowercased() }
        guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty,
            names[0] != "*" || names[1] == "*"
        else { return nil }
        var weight = 1000
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1).map { Self.trimmed(String($0)) }
            guard pair.count == 2, pair[0].lowercased() == "q" else { continue }
            guard let value = Double(pair[1]), (0...1).contains(value) else { return nil }
            weight = Int((value * 1000).rounded())
        }
        self.type = names[0]
        self.subtype = names[1]
        self.weight = weight
    }

    /// Splits at a separator that is not within a quoted string.
    private static func split(_ text: String, at separator: Character) -> [String] {
        var parts = [""]
        var isQuoted = false
        var isEscaped = false
        for character in text {
            if character == separator, !isQuoted {
                parts.append("")
                continue
            }
            if character == "\"", !isEscaped { isQuoted.toggle() }
            isEscaped = isQuoted && character == "\\" && !isEscaped
            parts[parts.count - 1].append(character)
        }
        return parts
    }

    private static func trimmed(_ text: String) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let head = text.drop(while: isSpace)
        return String(head.reversed().drop(while: isSpace).reversed())
    }
}
