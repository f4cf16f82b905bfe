import FleetModel

/// Writes the messages of both versions, independently of what reads them.
struct WriteMessage {
    struct Series {
        var labels: [(String, String)]
        var samples: [(time: Int64, value: Double)]
        var histograms = 0
        var exemplars = 0
        /// Version 2: the metric's type.
        var type: UInt64 = 0
    }

    var series: [Series] = []
    /// Version 1: families and their types.
    var metadata: [(String, UInt64)] = []

    static func series(
        _ labels: [(String, String)],
        _ samples: [(Int64, Double)]
    ) -> Series {
        Series(labels: labels, samples: samples.map { (time: $0.0, value: $0.1) })
    }

    var first: [UInt8] {
        var bytes: [UInt8] = []
        for one in series {
            var body: [UInt8] = []
            for (name, value) in one.labels {
                let label =
                    Self.text(1, Array(name.utf8))
                    + (value.isEmpty ? [] : Self.text(2, Array(value.utf8)))
                body += Self.text(1, label)
            }
            for sample in one.samples { body += Self.text(2, Self.sample(sample)) }
            for _ in 0..<one.exemplars { body += Self.text(3, [0x08, 1]) }
            for _ in 0..<one.histograms { body += Self.text(4, [0x08, 1]) }
            bytes += Self.text(1, body)
        }
        for (name, type) in metadata {
            bytes += Self.text(3, [0x08] + Self.varint(type) + Self.text(2, Array(name.utf8)))
        }
        return bytes
    }

    /// - Parameter symbolsLast: As protobuf allows, though no known sender does it.
    func second(symbolsLast: Bool = false, packed: Bool = true) -> [UInt8] {
        var symbols = [""]
        func reference(_ text: String) -> UInt64 {
            if let index = symbols.firstIndex(of: text) { return UInt64(index) }
            symbols.append(text)
            return UInt64(symbols.count - 1)
        }
        var bytes: [UInt8] = []
        for one in series {
            var body: [UInt8] = []
            let references = one.labels.flatMap { [reference($0.0), reference($0.1)] }
            if packed {
                body += Self.text(1, references.flatMap(Self.varint))
            } else {
                for reference in references { body += [0x08] + Self.varint(reference) }
            }
            for sample in one.samples { body += Self.text(2, Self.sample(sample)) }
            for _ in 0..<one.histograms { body += Self.text(3, [0x08, 1]) }
            for _ in 0..<one.exemplars { body += Self.text(4, [0x08, 0]) }
            if one.type > 0 { body += Self.text(5, [0x08] + Self.varint(one.type)) }
            bytes += Self.text(5, body)
        }
        let names = symbols.flatMap { Self.text(4, Array($0.utf8)) }
        return symbolsLast ? bytes + names : names + bytes
    }

    private static func sample(_ sample: (time: Int64, value: Double)) -> [UInt8] {
        var bytes: [UInt8] = []
        // What is zero is not written: so does every encoder.
        if sample.value.bitPattern != 0 {
            bytes.append(0x09)
            withUnsafeBytes(of: sample.value.bitPattern.littleEndian) { bytes += $0 }
        }
        if sample.time != 0 { bytes += [0x10] + varint(UInt64(bitPattern: sample.time)) }
        return bytes
    }

    static func text(_ field: UInt64, _ content: [UInt8]) -> [UInt8] {
        varint(field << 3 | 2) + varint(UInt64(content.count)) + content
    }

    static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
