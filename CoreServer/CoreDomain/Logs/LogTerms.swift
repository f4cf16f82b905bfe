import FleetModel

/// What a search looks for: every term must occur somewhere in a record.
///
/// Terms stand apart by white space; one in double quotes may hold some. ASCII capitals and small
/// letters are alike.
package struct LogTerms: Sendable, Equatable {
    private static let mostBytes = 256
    private static let mostTerms = 16

    let terms: [[UInt8]]

    /// - Throws: `DomainError` `invalid`.
    package init(_ text: String) throws(DomainError) {
        guard text.utf8.count <= Self.mostBytes else {
            throw DomainError(.invalid, "'q' has at most \(Self.mostBytes) bytes")
        }
        var terms: [[UInt8]] = []
        var term: [UInt8] = []
        var isQuoted = false
        for byte in text.utf8 {
            let isSpace = byte == 0x20 || (0x09...0x0D).contains(byte)
            if byte == 0x22 || (isSpace && !isQuoted) {
                if !term.isEmpty { terms.append(term) }
                term = []
                if byte == 0x22 { isQuoted.toggle() }
            } else {
                term.append(byte.smallLetter)
            }
        }
        guard !isQuoted else { throw DomainError(.invalid, "'q' has a quote that is not closed") }
        if !term.isEmpty { terms.append(term) }
        guard terms.count <= Self.mostTerms else {
            throw DomainError(.invalid, "'q' has at most \(Self.mostTerms) terms")
        }
        self.terms = terms
    }

    func mayMatch(_ filter: TrigramFilter) -> Bool { terms.allSatisfy(filter.mayHold) }

    func match(_ record: LogRecord) -> Bool {
        guard !terms.isEmpty else { return true }
        var missing = terms
        record.eachText { text in
            guard !missing.isEmpty else { return }
            let bytes = text.map(\.smallLetter)
            missing.removeAll { Self.contains($0, in: bytes) }
        }
        return missing.isEmpty
    }

    private static func contains(_ term: [UInt8], in text: [UInt8]) -> Bool {
        guard let first = term.first, term.count <= text.count else { return term.isEmpty }
        for start in 0...(text.count - term.count)
        where text[start] == first && text[start..<(start + term.count)].elementsEqual(term) {
            return true
        }
        return false
    }
}
