/// Walks through the label block of a series, between `{` and `}`.
///
/// Used twice: by `ExpositionParser` to find where a series ends, and by `LabelParser` to take
/// its labels apart, so that both agree on what a label is.
struct LabelBlockScanner {
    enum Item {
        /// Both ranges lie inside of the quotation marks, where there are any.
        case label(name: Range<Int>, value: Range<Int>)
        /// A quoted metric name that stands among the labels: `{"my.metric", a="b"}`.
        case metricName(Range<Int>)
        case end
    }

    /// At first just behind `{`, after `.end` just behind `}`.
    private(set) var position: Int
    private let format: ExpositionFormat

    init(at position: Int, format: ExpositionFormat) {
        self.position = position
        self.format = format
    }

    @inline(__always)
    mutating func next(in bytes: Span<UInt8>) throws(ExpositionFault) -> Item {
        skipBlanks(in: bytes)
        guard position < bytes.count else { throw .unterminatedLabels }
        let first = bytes[position]
        if first == UInt8(ascii: "}") {
            position &+= 1
            return .end
        }
        let name: Range<Int>
        let isQuoted = first == UInt8(ascii: "\"")
        if isQuoted {
            name = try readQuoted(in: bytes)
        } else {
            guard NameCharacters.label.canStart(with: first) else {
                throw first == 0x0A ? .unterminatedLabels : .labelName
            }
            let end = NameCharacters.label.end(in: bytes, from: position &+ 1)
            name = position..<end
            position = end
        }
        skipBlanks(in: bytes)
        let separator = position < bytes.count ? bytes[position] : 0
        if isQuoted, separator == UInt8(ascii: ",") || separator == UInt8(ascii: "}") {
            if separator == UInt8(ascii: ",") { position &+= 1 }
            return .metricName(name)
        }
        guard separator == UInt8(ascii: "=") else { throw .equalsSign }
        position &+= 1
        skipBlanks(in: bytes)
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            throw .labelValue
        }
        let value = try readQuoted(in: bytes)
        skipBlanks(in: bytes)
        if position < bytes.count, bytes[position] == UInt8(ascii: ",") {
            position &+= 1
        } else if format == .openMetrics {
            // Prometheus asks for no comma in its own format, by accident or not.
            guard position < bytes.count, bytes[position] == UInt8(ascii: "}") else {
                throw .labelEnd
            }
        }
        return .label(name: name, value: value)
    }

    @inline(__always)
    private mutating func skipBlanks(in bytes: Span<UInt8>) {
        guard format == .prometheusText else { return }
        position = bytes.positionAfterBlanks(from: position)
    }

    /// From the opening quotation mark to just behind its partner on the same line.
    @inline(__always)
    private mutating func readQuoted(in bytes: Span<UInt8>) throws(ExpositionFault) -> Range<Int> {
        let start = position &+ 1
        var index = start
        while true {
            index = bytes.positionOfTextEnd(from: index)
            guard index < bytes.count, bytes[index] != 0x0A else { throw .unterminatedText }
            if bytes[index] == UInt8(ascii: "\"") {
                position = index &+ 1
                return start..<index
            }
            // A backslash takes the next character along, whatever it is, but no line end.
            index &+= 1
            guard index < bytes.count, bytes[index] != 0x0A else { throw .unterminatedText }
            index &+= 1
        }
    }
}
