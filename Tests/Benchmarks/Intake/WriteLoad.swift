import FleetSeries

/// The requests of one connection that writes remotely: its series, round after round, as Prometheus
/// sends them (a message per series and sample, labels spelled out each time).
///
/// The message is made once; for each request the values and times in it are overwritten in place,
/// so that making the load costs little beside taking it.
struct WriteLoad {
    private struct Sample {
        let series: Int
        let round: Int
        let valueOffset: Int
        let timeOffset: Int
    }

    private var message: [UInt8] = []
    private var samples: [Sample] = []
    private var round = 0
    private let roundsPerRequest: Int
    private let start: Int64

    var samplesPerRequest: Int { samples.count }

    /// - Parameters:
    ///   - series: which ones; the numbers make the labels.
    ///   - start: the first round's time in milliseconds; a round is a second.
    init(series: Range<Int>, samplesPerRequest: Int, start: Int64) {
        self.start = start
        roundsPerRequest = max(1, samplesPerRequest / series.count)
        let labels = series.map { Self.labelFields($0) }
        for round in 0..<roundsPerRequest {
            for one in series { append(one, round, labels[one - series.lowerBound]) }
        }
    }

    private static func labelFields(_ series: Int) -> [UInt8] {
        labels(series).flatMap { name, value in
            field(1, field(1, Array(name.utf8)) + field(2, Array(value.utf8)))
        }
    }

    private mutating func append(_ series: Int, _ round: Int, _ labels: [UInt8]) {
        // A double, and a time of six bytes: any from 2004 to 2109.
        let sample: [UInt8] = [0x09] + [UInt8](repeating: 0, count: 8) + [0x10] + Self.time(start)
        let length = labels.count + 2 + sample.count
        message += [0x0A] + Self.varint(length) + labels + [0x12, UInt8(sample.count)]
        samples.append(
            Sample(
                series: series,
                round: round,
                valueOffset: message.count + 1,
                timeOffset: message.count + 10
            )
        )
        message += sample
    }

    /// The next request's body.
    mutating func next() throws -> [UInt8] {
        message.withUnsafeMutableBytes { bytes in
            for sample in samples {
                let round = self.round + sample.round
                bytes.storeBytes(
                    of: Self.value(sample.series, round).bitPattern.littleEndian,
                    toByteOffset: sample.valueOffset,
                    as: UInt64.self
                )
                var rest = UInt64(bitPattern: start + Int64(round) * 1000)
                for place in 0..<6 {
                    bytes[sample.timeOffset + place] =
                        UInt8(truncatingIfNeeded: rest & 0x7F) | (place < 5 ? 0x80 : 0)
                    rest >>= 7
                }
            }
        }
        round += roundsPerRequest
        return try Snappy.compress(message)
    }

    /// As a ship's exporters give them: half of them counters, some busy and some idle, a quarter
    /// gauges with two decimals, a quarter constants.
    static func value(_ series: Int, _ round: Int) -> Double {
        switch series % 4 {
        case 0: return Double(series + round * (series % 97 + 1))
        case 1: return Double(series % 1000)
        case 2:
            let noise = (series &* 2_654_435_761 &+ round &* 40_503) & 0x3FF
            return Double(2000 + noise) / 100
        default: return Double(series + round / 5)
        }
    }

    static func labels(_ series: Int) -> [(String, String)] {
        [
            ("__name__", "engine_room_metric_\(series % 200)_total"), ("app", "engine-monitor"),
            ("cluster", "aurora-main"), ("component", "pump-\(series / 200 % 50)"),
            ("environment", "production"), ("instance", "10.0.\(series / 1000).7:9100"),
            ("job", "engine"), ("region", "north-sea"), ("ship_id", "ms-aurora"),
            ("tenant_id", "acme"), ("version", "2026.11.1"),
        ]
    }

    private static func field(_ number: UInt8, _ content: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + varint(content.count) + content
    }

    private static func varint(_ value: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func time(_ milliseconds: Int64) -> [UInt8] { varint(Int(milliseconds)) }
}
