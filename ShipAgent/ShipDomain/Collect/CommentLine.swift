import FleetModel

/// A line that starts with `#`.
struct CommentLine {
    enum Content {
        /// What neither format gives a meaning to.
        case comment
        /// `HELP` or `UNIT`: well-formed, and of no use aboard.
        case metadata
        case family(MetricFamily)
        /// `# EOF`.
        case end
    }

    /// From `#` to the line's end.
    private let range: Range<Int>
    private let format: ExpositionFormat

    init(_ range: Range<Int>, in bytes: Span<UInt8>, format: ExpositionFormat) {
        self.range = range
        self.format = format
    }

    func content(in bytes: Span<UInt8>) throws(ExpositionFault) -> Content {
        let isOpenMetrics = format == .openMetrics
        var index = blanksEnd(bytes, from: range.lowerBound + 1)
        if isOpenMetrics, index != range.lowerBound + 2 { throw .metadata }
        if isOpenMetrics, isEnd(bytes, index) { return .end }
        let word = word(bytes, at: index)
        let isType = word == Self.type
        let isMetadata = isType || word == Self.help || isOpenMetrics && word == Self.unit
        let wordEnd = index + 4
        index = isMetadata ? blanksEnd(bytes, from: wordEnd) : index
        guard isMetadata, index > wordEnd, range.lowerBound + 1 < wordEnd - 4 else {
            // OpenMetrics has no comments but these.
            if isOpenMetrics { throw .metadata }
            return .comment
        }
        let name = try readName(bytes, at: &index)
        guard isType else { return .metadata }
        guard index < range.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 else {
            throw .kind
        }
        return .family(MetricFamily(name: name, kind: try kind(bytes, from: index + 1)))
    }

    private func isEnd(_ bytes: Span<UInt8>, _ index: Int) -> Bool {
        index + 3 == range.upperBound && bytes[index] == UInt8(ascii: "E")
            && bytes[index + 1] == UInt8(ascii: "O") && bytes[index + 2] == UInt8(ascii: "F")
    }

    private func readName(
        _ bytes: Span<UInt8>,
        at index: inout Int
    ) throws(ExpositionFault) -> Range<Int> {
        guard index < range.upperBound else { throw .metadata }
        if bytes[index] == UInt8(ascii: "\"") {
            let start = index + 1
            index = start
            while index < range.upperBound, bytes[index] != UInt8(ascii: "\"") {
                index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard index < range.upperBound else { throw .unterminatedText }
            index += 1
            return start..<index - 1
        }
        guard NameCharacters.metric.canStart(with: bytes[index]) else { throw .metadata }
        let start = index
        index = NameCharacters.metric.end(in: bytes, from: start)
        // A carriage return or any other character can't belong to the name.
        guard index == range.upperBound || bytes[index] == 0x20 || bytes[index] == 0x09 else {
            throw .metadata
        }
        return start..<index
    }

    /// The word after the name, which must be all that is left.
    private func kind(_ bytes: Span<UInt8>, from start: Int) throws(ExpositionFault) -> SeriesKind {
        let kinds = format == .prometheusText ? Self.textKinds : Self.openMetricsKinds
        for (word, kind) in kinds
        where word.count == range.upperBound - start
            && bytes.holds(word.span, 0..<word.count, at: start)
        {
            return kind
        }
        throw .kind
    }

    private static let textKinds: [(word: [UInt8], kind: SeriesKind)] = [
        (Array("counter".utf8), .counter), (Array("gauge".utf8), .gauge),
        (Array("histogram".utf8), .histogram), (Array("summary".utf8), .summary),
        (Array("untyped".utf8), .unknown),
    ]

    private static let openMetricsKinds: [(word: [UInt8], kind: SeriesKind)] = [
        (Array("counter".utf8), .counter), (Array("gauge".utf8), .gauge),
        (Array("histogram".utf8), .histogram), (Array("summary".utf8), .summary),
        (Array("unknown".utf8), .unknown), (Array("info".utf8), .info),
        (Array("stateset".utf8), .stateSet), (Array("gaugehistogram".utf8), .gaugeHistogram),
    ]

    private func blanksEnd(_ bytes: Span<UInt8>, from start: Int) -> Int {
        if format == .openMetrics {
            return start < range.upperBound && bytes[start] == 0x20 ? start + 1 : start
        }
        return min(bytes.positionAfterBlanks(from: start), range.upperBound)
    }

    /// The four bytes at `start` as a number, or zero where the line doesn't have as many.
    private func word(_ bytes: Span<UInt8>, at start: Int) -> UInt32 {
        guard start + 4 <= range.upperBound else { return 0 }
        return bytes.bytes.unsafeLoadUnaligned(fromByteOffset: start, as: UInt32.self).bigEndian
    }

    private static var type: UInt32 { 0x5459_5045 }
    private static var help: UInt32 { 0x4845_4C50 }
    private static var unit: UInt32 { 0x554E_4954 }
}
