/// One sentence of NMEA 0183 whose checksum is right: who talks doesn't matter, what it says does.
package struct NMEASentence: Sendable, Equatable {
    /// The three letters behind the talker: `RMC`.
    package let kind: String
    package let fields: [String]

    /// `nil` for what is no sentence, is damaged, or has no checksum: on a serial line with noise
    /// half the digits of a position may be another's.
    package init?(_ line: some Collection<UInt8>) {
        guard line.count <= NMEALines.limit else { return nil }
        var rest = Array(line)[...]
        // A multiplexer's tag block: \s:GPS1,c:1577836800*5B\
        if rest.first == UInt8(ascii: "\\") {
            guard let end = rest.dropFirst().firstIndex(of: UInt8(ascii: "\\")) else { return nil }
            rest = rest[(end + 1)...]
        }
        guard rest.first == UInt8(ascii: "$") else { return nil }
        rest = rest.dropFirst()
        guard let star = rest.lastIndex(of: UInt8(ascii: "*")) else { return nil }
        let digits = rest[(star + 1)...].prefix { $0 > 0x20 }
        let body = rest[..<star]
        guard digits.count == 2,
            let claimed = UInt8(String(decoding: digits, as: UTF8.self), radix: 16),
            claimed == body.reduce(0, ^),
            body.allSatisfy({ (0x20..<0x7F).contains($0) })
        else { return nil }
        let fields = String(decoding: body, as: UTF8.self)
            .split(separator: ",", omittingEmptySubsequences: false)
            .map(String.init)
        // Two letters of the talker and three of the kind; what begins with P is a maker's own.
        guard let address = fields.first, address.utf8.count == 5, !address.hasPrefix("P") else {
            return nil
        }
        kind = String(address.suffix(3))
        self.fields = Array(fields.dropFirst())
    }

    /// A field, empty where there is none.
    subscript(index: Int) -> String { index < fields.count ? fields[index] : "" }

    /// A field that is a plain decimal number.
    func number(_ index: Int, in range: ClosedRange<Double>) -> Double? {
        let text = self[index]
        guard !text.isEmpty, text.utf8.count <= 16,
            text.utf8.allSatisfy({ $0 &- 0x30 < 10 || $0 == 0x2E || $0 == 0x2D }),
            let value = Double(text), range.contains(value)
        else { return nil }
        return value
    }
}
