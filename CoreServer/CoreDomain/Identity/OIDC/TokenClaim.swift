/// A value within a token's claims.
indirect enum TokenClaim: Decodable, Sendable, Equatable {
    case text(String)
    case number(Double)
    case boolean(Bool)
    case list([TokenClaim])
    case members([String: TokenClaim])
    case null

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .boolean(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([TokenClaim].self) {
            self = .list(value)
        } else {
            self = .members(try container.decode([String: TokenClaim].self))
        }
    }

    var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// A text, or a list of nothing but texts; anything else is nothing.
    var texts: [String] {
        switch self {
        case .text(let text): [text]
        case .list(let values):
            values.contains { $0.text == nil } ? [] : values.compactMap(\.text)
        default: []
        }
    }

    /// Seconds since 1970, in whole milliseconds.
    var milliseconds: Int64? {
        guard case .number(let seconds) = self, seconds.isFinite, (0...1e11).contains(seconds)
        else { return nil }
        return Int64(seconds * 1000)
    }
}

extension [String: TokenClaim] {
    /// Follows `a.b.c`; a name that has dots of its own is found first.
    func find(_ path: String) -> TokenClaim? {
        if let value = self[path] { return value }
        let parts = path.split(separator: ".", maxSplits: 1).map(String.init)
        guard parts.count == 2, case .members(let inner) = self[parts[0]] else { return nil }
        return inner.find(parts[1])
    }
}
