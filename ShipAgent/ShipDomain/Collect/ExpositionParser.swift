import FleetModel

/// Reads the samples of one scrape: Prometheus text 0.0.4 or OpenMetrics 1.0.
///
/// Takes and refuses what Prometheus takes and refuses, but for these: a label's value can't run
/// over a line's end, a NUL doesn't end the exposition, help texts needn't be UTF-8 nor units fit
/// their metric's name, and seconds of OpenMetrics timestamps are rounded to milliseconds, not cut.
///
/// Ask `next(in:)` until it returns `nil`, each time with the same bytes: the parser only borrows
/// them. Labels are only checked for their form here; what they say is `LabelParser`'s business,
/// and needed once per series, not once per sample.
package struct ExpositionParser: Sendable {
    package let format: ExpositionFormat
    private let sampleLimit: Int
    private let bodyLimit: Int
    private var position = 0
    private var line = 0
    private var sampleCount = 0
    private var family = MetricFamily(name: 0..<0, kind: .unknown)
    /// The name of the last sample's series, without quotation marks.
    private var name = 0..<0
    private var hasEnded = false

    package init(
        format: ExpositionFormat,
        sampleLimit: Int = ScrapeLimits.samples,
        bodyLimit: Int = ScrapeLimits.bodyBytes
    ) {
        self.format = format
        self.sampleLimit = sampleLimit
        self.bodyLimit = bodyLimit
    }

    /// The next sample of the exposition, or `nil` after the last.
    ///
    /// - Throws: The first fault of the exposition. Nothing sensible comes after it.
    package mutating func next(
        in bytes: Span<UInt8>
    ) throws(ExpositionError) -> ExpositionSample? {
        try next(in: bytes, expecting: 0..<0, of: Span())
    }

    /// What the last `TYPE` line says about the series of the sample that was returned last.
    /// `.unknown` where that sample was an expected one.
    package func kind(in bytes: Span<UInt8>) -> SeriesKind {
        family.kind(ofName: name, in: bytes)
    }

    /// As `next(in:)`, only faster where the next series is the one that the caller expects.
    ///
    /// Exporters keep their order, so the series that followed last time nearly always follows
    /// again, and comparing is cheaper than parsing. The text in `expected` must be one that a
    /// parser has returned, or empty.
    @inline(__always)
    mutating func next(
        in bytes: Span<UInt8>,
        expecting expected: Range<Int>,
        of texts: Span<UInt8>
    ) throws(ExpositionError) -> ExpositionSample? {
        do {
            return try read(bytes, expecting: expected, of: texts)
        } catch {
            throw ExpositionError(line: line, fault: error)
        }
    }

    @inline(__always)
    private mutating func read(
        _ bytes: Span<UInt8>,
        expecting expected: Range<Int>,
        of texts: Span<UInt8>
    ) throws(ExpositionFault) -> ExpositionSample? {
        guard bytes.count <= bodyLimit else { throw .bodyTooLong(limit: bodyLimit) }
        while position < bytes.count {
            line &+= 1
            let lineStart = position
            var sample: ExpositionSample?
            if !expected.isEmpty, bytes.holds(texts, expected, at: lineStart),
                let end = endOfExpected(bytes, lineStart &+ expected.count)
            {
                name = 0..<0
                sample = try readValue(bytes, series: lineStart..<end, isExpected: true)
            } else {
                sample = try readLine(bytes)
            }
            guard position &- lineStart <= ScrapeLimits.lineBytes else {
                throw .lineTooLong(limit: ScrapeLimits.lineBytes)
            }
            guard let sample else { continue }
            sampleCount &+= 1
            guard sampleCount <= sampleLimit else { throw .tooManySamples(limit: sampleLimit) }
            return sample
        }
        guard format == .prometheusText || hasEnded else { throw .noEnd }
        return nil
    }

    /// Where the expected series ends, unless the text goes on with more of a name or with labels.
    @inline(__always)
    private func endOfExpected(_ bytes: Span<UInt8>, _ end: Int) -> Int? {
        guard end &+ 1 < bytes.count, bytes[end] == UInt8(ascii: " ") else { return nil }
        let following = bytes[end &+ 1]
        return following > 0x20 && following != UInt8(ascii: "{") ? end : nil
    }

    /// Reads one line of any sort and moves to the start of the next.
    private mutating func readLine(
        _ bytes: Span<UInt8>
    ) throws(ExpositionFault) -> ExpositionSample? {
        if format == .prometheusText { position = bytes.positionAfterBlanks(from: position) }
        guard position < bytes.count else { return nil }
        let first = bytes[position]
        switch first {
        case UInt8(ascii: "#"):
            try readComment(bytes)
            return nil
        case UInt8(ascii: "\n"):
            guard format == .prometheusText else { throw .emptyLine }
            position &+= 1
            return nil
        case UInt8(ascii: "{"):
            let start = position
            name = 0..<0
            try readLabels(bytes)
            return try readValue(bytes, series: start..<position, isExpected: false)
        default:
            guard NameCharacters.metric.canStart(with: first) else {
                throw first == 0x0D ? .carriageReturn : .lineStart
            }
            return try readNamedSeries(bytes)
        }
    }

    @inline(__always)
    private mutating func readNamedSeries(
        _ bytes: Span<UInt8>
    ) throws(ExpositionFault) -> ExpositionSample {
        let start = position
        var end = NameCharacters.metric.end(in: bytes, from: start &+ 1)
        name = start..<end
        position = end
        if format == .prometheusText { position = bytes.positionAfterBlanks(from: end) }
        if position < bytes.count, bytes[position] == UInt8(ascii: "{") {
            try readLabels(bytes)
            end = position
        }
        position = end
        return try readValue(bytes, series: start..<end, isExpected: false)
    }

    /// From `{` to behind `}`; notes the metric's name if it stands among the labels.
    @inline(__always)
    private mutating func readLabels(_ bytes: Span<UInt8>) throws(ExpositionFault) {
        var scanner = LabelBlockScanner(at: position &+ 1, format: format)
        scan: while true {
            switch try scanner.next(in: bytes) {
            case .label:
                break
            case .metricName(let range):
                guard name.isEmpty else { throw .secondName }
                guard !range.isEmpty else { throw .noName }
                name = range
            case .end:
                break scan
            }
        }
        guard !name.isEmpty else { throw .noName }
        position = scanner.position
    }

    /// From behind the series to the start of the next line.
    @inline(__always)
    private mutating func readValue(
        _ bytes: Span<UInt8>,
        series: Range<Int>,
        isExpected: Bool
    ) throws(ExpositionFault) -> ExpositionSample {
        var index = series.upperBound
        if format == .prometheusText {
            index = bytes.positionAfterBlanks(from: index)
        } else {
            guard index < bytes.count, bytes[index] == UInt8(ascii: " ") else { throw .space }
            index &+= 1
        }
        let value = try DecimalNumber.read(bytes, at: &index)
        var timestamp: Timestamp?
        if index < bytes.count, bytes[index] == UInt8(ascii: "\n") {
            index &+= 1
        } else if format == .prometheusText {
            timestamp = try Self.readTextEnd(bytes, at: &index)
        } else {
            timestamp = try Self.readOpenMetricsEnd(bytes, at: &index)
        }
        position = index
        return ExpositionSample(
            series: series,
            value: value,
            timestamp: timestamp,
            line: line,
            isExpected: isExpected
        )
    }
}

extension ExpositionParser {
    /// A comment, `HELP`, `TYPE`, `UNIT` or `EOF`, up to the start of the next line.
    private mutating func readComment(_ bytes: Span<UInt8>) throws(ExpositionFault) {
        let end = bytes.position(of: 0x0A, from: position)
        let comment = CommentLine(position..<end, in: bytes, format: format)
        let hasLineFeed = end < bytes.count
        switch try comment.content(in: bytes) {
        case .comment:
            break
        case .family(let declared):
            guard format == .prometheusText || hasLineFeed else { throw .noEnd }
            family = declared
        case .metadata:
            guard format == .prometheusText || hasLineFeed else { throw .noEnd }
        case .end:
            hasEnded = true
            guard end + 1 >= bytes.count else {
                line += 1
                throw .afterEnd
            }
        }
        position = hasLineFeed ? end + 1 : end
    }

    /// Blanks, perhaps whole milliseconds, and the end of the line or of the body.
    private static func readTextEnd(
        _ bytes: Span<UInt8>,
        at index: inout Int
    ) throws(ExpositionFault) -> Timestamp? {
        let valueEnd = index
        index = bytes.positionAfterBlanks(from: index)
        guard index < bytes.count else { return nil }
        guard index > valueEnd || bytes[index] == 0x0A else {
            throw bytes[index] == 0x0D ? .carriageReturn : .value
        }
        var timestamp: Timestamp?
        let start = index
        var milliseconds: Int64 = 0
        while index < bytes.count {
            let digit = bytes[index] &- 0x30
            guard digit <= 9 else { break }
            let (product, overflowed) = milliseconds.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.addingReportingOverflow(Int64(digit))
            guard !overflowed, !overflows else { throw .timestamp }
            milliseconds = sum
            index &+= 1
        }
        if index > start {
            timestamp = Timestamp(milliseconds: milliseconds)
            index = bytes.positionAfterBlanks(from: index)
        }
        guard index < bytes.count else { return timestamp }
        guard bytes[index] == 0x0A else {
            throw bytes[index] == 0x0D ? .carriageReturn : timestamp == nil ? .timestamp : .lineEnd
        }
        index &+= 1
        return timestamp
    }

    /// Perhaps a space and seconds, perhaps an exemplar, and the line feed that must be there.
    private static func readOpenMetricsEnd(
        _ bytes: Span<UInt8>,
        at index: inout Int
    ) throws(ExpositionFault) -> Timestamp? {
        guard index < bytes.count else { throw .noEnd }
        guard bytes[index] == UInt8(ascii: " ") else {
            throw bytes[index] == 0x0D ? .carriageReturn : .value
        }
        var timestamp: Timestamp?
        if index + 1 < bytes.count, bytes[index + 1] != UInt8(ascii: "#") {
            index += 1
            timestamp = try readSeconds(bytes, at: &index)
        }
        if index < bytes.count, bytes[index] == UInt8(ascii: " ") {
            try skipExemplar(bytes, at: &index)
        }
        guard index < bytes.count else { throw .noEnd }
        guard bytes[index] == 0x0A else {
            throw bytes[index] == 0x0D ? .carriageReturn : .lineEnd
        }
        index += 1
        return timestamp
    }

    /// ` # {labels} value`, perhaps with a timestamp. Checked, not kept: nothing ashore asks for it.
    private static func skipExemplar(
        _ bytes: Span<UInt8>,
        at index: inout Int
    ) throws(ExpositionFault) {
        for character in " # {".utf8 {
            guard index < bytes.count, bytes[index] == character else { throw .exemplar }
            index += 1
        }
        var scanner = LabelBlockScanner(at: index, format: .openMetrics)
        scan: while true {
            switch try scanner.next(in: bytes) {
            case .label: break
            case .metricName: throw .exemplar
            case .end: break scan
            }
        }
        index = scanner.position
        guard index < bytes.count, bytes[index] == UInt8(ascii: " ") else { throw .exemplar }
        index += 1
        _ = try DecimalNumber.read(bytes, at: &index)
        if index < bytes.count, bytes[index] == UInt8(ascii: " ") {
            index += 1
            _ = try readSeconds(bytes, at: &index)
        }
    }

    private static func readSeconds(
        _ bytes: Span<UInt8>,
        at index: inout Int
    ) throws(ExpositionFault) -> Timestamp {
        let seconds: Double
        do {
            seconds = try DecimalNumber.read(bytes, at: &index)
        } catch {
            throw .timestamp
        }
        guard let milliseconds = Int64(exactly: (seconds * 1000).rounded()) else {
            throw .timestamp
        }
        return Timestamp(milliseconds: milliseconds)
    }
}
