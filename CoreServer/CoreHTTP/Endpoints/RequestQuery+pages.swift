import CoreDomain

extension RequestQuery {
    func limit() throws -> Int { try count("limit", default: 100, limit: 1000) }

    /// `next` of the answer before, where that is a number.
    func numberCursor() throws -> Int64? {
        try text("cursor").map { text throws(DomainError) -> Int64 in
            guard let number = Int64(text), number >= 0 else {
                throw DomainError(.invalid, "'cursor' is the 'next' of an earlier answer")
            }
            return number
        }
    }

    /// A value that is looked for, without what no stored text holds.
    func word(_ name: String) throws -> String? {
        guard let text = text(name) else { return nil }
        guard !text.utf8.contains(0) else {
            throw DomainError(.invalid, "'\(name)' holds a NUL character")
        }
        return text
    }

    func flag(_ name: String) throws -> Bool? {
        switch text(name) {
        case nil: return nil
        case "true": return true
        case "false": return false
        default: throw DomainError(.invalid, "'\(name)' is true or false")
        }
    }

    func choice<Word: RawRepresentable<String> & CaseIterable>(_ name: String) throws -> Word? {
        guard let text = text(name) else { return nil }
        guard let word = Word(rawValue: text) else {
            let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw DomainError(.invalid, "'\(name)' is one of \(words)")
        }
        return word
    }
}
