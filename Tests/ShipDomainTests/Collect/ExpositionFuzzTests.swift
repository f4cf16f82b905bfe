import FleetModel
import ShipDomain
import Testing

/// Hostile input: nothing here may trap. What is accepted must also be sane.
@Suite struct ExpositionFuzzTests {
    private static let seeds = [
        "# HELP a b\n# TYPE a counter\na{b=\"c\\\"d\",e=\"f\"} 1.5e+09 1795255088007\n",
        "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 3\nh_sum NaN\nh_count 3\n",
        "{\"my.metric\",a=\"b\"} -0.25\n{a=\"b\",\"my.other\"} +Inf\n",
        "# TYPE a counter\na_total 1 1.5 # {t=\"x\"} 1 2\n# UNIT a_s s\na_s 2\n# EOF\n",
        "a 12345678901234567890.123456789e-10\nb 18446744073709551616\n",
    ]

    private static let pieces = [
        "{", "}", "\"", "\\", "\n", " ", "\t", ",", "=", "#", "# EOF", "# TYPE a ", "\r", "\u{0}",
        "é", "NaN", "Inf", "e", "-", "+", ".", "0", "99999999999999999999", "1e400", "# {", "a",
        "__name__", "job", "_total", ":",
    ]

    @Test func `no bytes make the parser, the labels or the session trap`() throws {
        var numbers = SeededNumbers()
        var session = ScrapeSession(target: ScrapeTarget(group: 0, job: "j", instance: "i"))
        var known: [LabelSet: SeriesNumber] = [:]
        for round in 0..<20_000 {
            let body = Self.body(&numbers)
            for format in [ExpositionFormat.prometheusText, .openMetrics] {
                Self.check(body, format, "seed \(numbers.seed), round \(round)")
            }
            let outcome = try session.scraped(
                body,
                contentType: nil,
                at: Timestamp(milliseconds: Int64(round))
            ) { asked in
                asked.map { definition in
                    let number = known[definition.labels] ?? SeriesNumber(UInt32(known.count))
                    known[definition.labels] = number
                    return number
                }
            }
            for batch in outcome.batches where Set(batch.numbers).count != batch.numbers.count {
                Issue.record("seed \(numbers.seed), round \(round): a series twice in a batch")
            }
        }
    }

    private static func check(_ body: [UInt8], _ format: ExpositionFormat, _ place: String) {
        let labelParser = LabelParser(target: ScrapeTarget(group: 0, job: "j", instance: "i"))
        var parser = ExpositionParser(format: format)
        let bytes = body.span
        var end = 0
        while true {
            do {
                guard let sample = try parser.next(in: bytes) else { return }
                let isInOrder = sample.series.lowerBound >= end && !sample.series.isEmpty
                let isNotMarker = !StaleMarker.isStale(sample.value)
                if !isInOrder || !isNotMarker || sample.series.upperBound > body.count {
                    Issue.record("\(place): \(sample)")
                }
                end = sample.series.upperBound
                _ = parser.kind(in: bytes)
                _ = try? labelParser.labels(ofSeries: sample.series, in: bytes)
            } catch {
                return
            }
        }
    }

    /// A sound exposition with a few faults, or noise.
    private static func body(_ numbers: inout SeededNumbers) -> [UInt8] {
        if numbers.next() % 8 == 0 {
            return (0..<numbers.next() % 60).map { _ in
                UInt8(truncatingIfNeeded: numbers.next())
            }
        }
        var body: [UInt8] = []
        for _ in 0...numbers.next() % 3 {
            body += Array(seeds[Int(numbers.next() % UInt64(seeds.count))].utf8)
        }
        for _ in 0..<numbers.next() % 5 {
            let place = Int(numbers.next() % UInt64(body.count + 1))
            switch numbers.next() % 4 {
            case 0:
                let piece = pieces[Int(numbers.next() % UInt64(pieces.count))]
                body.insert(contentsOf: Array(piece.utf8), at: place)
            case 1:
                body.removeSubrange(place..<min(body.count, place + Int(numbers.next() % 6)))
            case 2 where place < body.count:
                body[place] = UInt8(truncatingIfNeeded: numbers.next())
            default:
                body.removeLast(min(body.count, Int(numbers.next() % 20)))
            }
        }
        return body
    }
}
