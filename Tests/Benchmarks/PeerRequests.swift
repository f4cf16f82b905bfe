import FleetModel
import FleetSeries

/// What Prometheus' remote write would send for the same samples: the bodies of its requests, one
/// for each window, before compression.
///
/// After prompb/types.proto and io/prometheus/write/v2/types.proto of Prometheus. HTTP's headers,
/// some hundred bytes a request, are left out.
struct PeerRequests {
    let definitions: [SeriesDefinition]

    private struct Series {
        let definition: SeriesDefinition
        var samples: [(at: Int64, value: Double)] = []
    }

    /// As Prometheus sends them: soon after the scrape, every sample with its labels, at most 2,000 a
    /// request.
    func asSent(_ batches: [SampleBatch], _ body: ([SampleBatch]) -> [UInt8]) -> [[UInt8]] {
        var requests: [[UInt8]] = []
        for batch in batches {
            var start = 0
            while start < batch.numbers.count {
                let end = min(start + Self.samplesPerSend, batch.numbers.count)
                let part = SampleBatch(
                    group: batch.group,
                    at: batch.at,
                    numbers: Array(batch.numbers[start..<end]),
                    values: Array(batch.values[start..<end])
                )
                requests.append(body([part]))
                start = end
            }
        }
        return requests
    }

    /// `max_samples_per_send`.
    private static let samplesPerSend = 2000

    private func series(_ window: [SampleBatch]) -> [Series] {
        var places: [SeriesNumber: Int] = [:]
        var result: [Series] = []
        for batch in window {
            for (number, value) in zip(batch.numbers, batch.values) {
                let place = places[number] ?? result.count
                if place == result.count {
                    places[number] = place
                    result.append(Series(definition: definitions[Int(number.rawValue)]))
                }
                result[place].samples.append((batch.at.milliseconds, value))
            }
        }
        return result
    }

    private static func write(
        _ samples: [(at: Int64, value: Double)],
        to writer: inout ProtobufWriter
    ) {
        for sample in samples {
            writer.write(2) { message in
                message.write(1, double: sample.value)
                message.write(2, integer: sample.at)
            }
        }
    }

    /// `prometheus.WriteRequest`.
    func first(_ window: [SampleBatch]) -> [UInt8] {
        var request = ProtobufWriter()
        for series in series(window) {
            request.write(1) { message in
                for label in series.definition.labels.labels {
                    message.write(1) { pair in
                        pair.write(1, text: label.name)
                        pair.write(2, text: label.value)
                    }
                }
                Self.write(series.samples, to: &message)
            }
        }
        return request.bytes
    }

    /// `io.prometheus.write.v2.Request`: texts once, in a table; the type of metric with each series.
    func second(_ window: [SampleBatch]) -> [UInt8] {
        var symbols: [String: Int] = ["": 0]
        var table = [""]
        func place(_ text: String) -> UInt64 {
            if let known = symbols[text] { return UInt64(known) }
            symbols[text] = table.count
            table.append(text)
            return UInt64(table.count - 1)
        }
        var bodies = ProtobufWriter()
        for series in series(window) {
            bodies.write(5) { message in
                var references = ByteWriter()
                for label in series.definition.labels.labels {
                    references.writeVarint(place(label.name))
                    references.writeVarint(place(label.value))
                }
                message.write(1, bytes: references.bytes)
                Self.write(series.samples, to: &message)
                message.write(5) { $0.write(1, integer: Self.metricType(series.definition.kind)) }
            }
        }
        var request = ProtobufWriter()
        for text in table { request.write(4, bytes: Array(text.utf8)) }
        return request.bytes + bodies.bytes
    }

    /// `Metadata.MetricType` of the second version.
    private static func metricType(_ kind: SeriesKind) -> Int64 {
        switch kind {
        case .unknown: 0
        case .counter: 1
        case .gauge: 2
        case .histogram: 3
        case .gaugeHistogram: 4
        case .summary: 5
        case .info: 6
        case .stateSet: 7
        }
    }

    /// One scrape as a JSON object, a line: what a home-grown agent sends.
    func json(_ batch: SampleBatch) -> [UInt8] {
        var text = "{\"t\":\(batch.at.milliseconds),\"s\":{"
        for (index, (number, value)) in zip(batch.numbers, batch.values).enumerated() {
            if index > 0 { text += "," }
            let name = definitions[Int(number.rawValue)].labels.description
            text += "\""
            for character in name.unicodeScalars {
                if character == "\"" || character == "\\" { text += "\\" }
                text.unicodeScalars.append(character)
            }
            text += "\":"
            let whole = Int64(exactly: value)
            text += whole.map(String.init) ?? (value.isFinite ? "\(value)" : "\"\(value)\"")
        }
        return Array((text + "}}\n").utf8)
    }
}
