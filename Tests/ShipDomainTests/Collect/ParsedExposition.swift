import FleetModel
import ShipDomain

/// All samples of an exposition as the parser reads them, in the form that tests compare.
struct ParsedExposition {
    struct Sample: Equatable {
        var series: String
        var bits: UInt64
        var milliseconds: Int64?
        var kind: SeriesKind

        var value: Double { Double(bitPattern: bits) }
    }

    var samples: [Sample] = []

    init(
        _ bytes: [UInt8],
        _ format: ExpositionFormat = .prometheusText,
        sampleLimit: Int = ScrapeLimits.samples,
        bodyLimit: Int = ScrapeLimits.bodyBytes
    ) throws {
        var parser = ExpositionParser(
            format: format,
            sampleLimit: sampleLimit,
            bodyLimit: bodyLimit
        )
        let span = bytes.span
        while let sample = try parser.next(in: span) {
            samples.append(
                Sample(
                    series: String(decoding: bytes[sample.series], as: UTF8.self),
                    bits: sample.value.bitPattern,
                    milliseconds: sample.timestamp?.milliseconds,
                    kind: parser.kind(in: span)
                )
            )
        }
    }

    init(_ text: String, _ format: ExpositionFormat = .prometheusText) throws {
        try self.init(Array(text.utf8), format)
    }

    /// What the parser throws, as a sentence; `nil` where it throws nothing.
    static func problem(_ text: String, _ format: ExpositionFormat = .prometheusText) -> String? {
        do {
            _ = try ParsedExposition(text, format)
            return nil
        } catch {
            return "\(error)"
        }
    }
}
