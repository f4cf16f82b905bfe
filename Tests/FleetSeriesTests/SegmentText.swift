import FleetModel
import FleetSeries

/// Everything that a segment says, as lines that `Tests/SegmentDecoder/decode.py` prints as well.
struct SegmentText {
    /// What metrics segments left, by the checksums that predicted ones name.
    private var contexts: [UInt32: SegmentContext] = [:]

    /// A segment of a kind that has no lines yet.
    struct UnknownKind: Error, CustomStringConvertible {
        let kind: UInt8

        var description: String {
            "kind \(kind) has no lines in SegmentText; add them, and a reader to SegmentDecoder"
        }
    }

    /// Segments must come after those that they are predicted from.
    mutating func lines(of bytes: [UInt8]) throws -> [String] {
        let kind = bytes.count > 3 ? bytes[3] : 0
        return switch kind {
        case 1: try metrics(bytes)
        case 2: try catalogue(bytes)
        case 3: try events(bytes)
        case 4: try Self.rollups(bytes)
        case 5: try Self.summary(bytes)
        case 6: try logs(bytes)
        default: throw UnknownKind(kind: kind)
        }
    }

    private mutating func metrics(_ bytes: [UInt8]) throws -> [String] {
        let summary = try MetricsSegmentDecoder.summary(of: bytes[...])
        let (segment, context) = try MetricsSegmentDecoder.decode(
            bytes[...],
            context: summary.predecessor.flatMap { contexts[$0] }
        )
        contexts[context.digest] = context
        let (first, last) = (segment.first.milliseconds, segment.last.milliseconds)
        let samples = segment.batches().samples.map { sample in
            let digits = String(sample.bits, radix: 16)
            let bits = String(repeating: "0", count: 16 - digits.count) + digits
            return "sample \(sample.group) \(sample.at) \(sample.number) \(bits)"
        }
        return ["metrics \(first) \(last) \(segment.watermark)"] + samples
    }

    private func catalogue(_ bytes: [UInt8]) throws -> [String] {
        try CatalogueSegment.decode(bytes[...]).map { definition in
            let labels = definition.labels.labels.map {
                " \(Self.quoted($0.name))=\(Self.quoted($0.value))"
            }
            let kind = definition.kind.rawValue
            let resolution = definition.resolution?.description ?? "exact"
            return "series \(definition.number) \(kind) \(resolution)\(labels.joined())"
        }
    }

    private func events(_ bytes: [UInt8]) throws -> [String] {
        try EventSegment.decode(bytes[...]).map { event in
            let texts = "\(Self.quoted(event.kind)) \(Self.quoted(event.message))"
            return "event \(event.at.milliseconds) \(event.severity.rawValue) \(texts)"
        }
    }

    private func logs(_ bytes: [UInt8]) throws -> [String] {
        try LogSegment.decode(bytes[...]).map { record in
            let fields = [record.host, record.app, record.procid, record.msgid].map(Self.quoted)
            let data = record.structured.labels.map {
                "\(Self.quoted($0.name))=\(Self.quoted($0.value))"
            }
            let head =
                "log \(record.at.milliseconds) \(record.facility) \(record.severity.rawValue)"
            return ([head] + fields + data + [Self.quoted(record.message)]).joined(separator: " ")
        }
    }

    /// A JSON string, with no more escapes than it must have.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
