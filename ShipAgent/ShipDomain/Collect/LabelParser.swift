import FleetModel

/// Turns the text of a series into its labels, the target's among them.
package struct LabelParser: Sendable {
    private let target: ScrapeTarget

    package init(target: ScrapeTarget) {
        self.target = target
    }

    /// - Parameters:
    ///   - series: Where the series stands in `bytes`: an `ExpositionSample`'s `series`.
    /// - Throws: When the labels are no valid set: a name twice, none for the metric, bytes that
    ///   are not UTF-8, or more or longer ones than `Limits` allows.
    package func labels(
        ofSeries series: Range<Int>,
        in bytes: Span<UInt8>
    ) throws(ExpositionFault) -> LabelSet {
        let merged = merged(try exposedLabels(series, bytes))
        guard merged.count <= Limits.labelsPerSeries else {
            throw .tooManyLabels(limit: Limits.labelsPerSeries)
        }
        for (name, value) in merged {
            guard name.utf8.count <= Limits.labelNameBytes else {
                throw .labelNameTooLong(limit: Limits.labelNameBytes)
            }
            guard value.utf8.count <= Limits.labelValueBytes else {
                throw .labelValueTooLong(limit: Limits.labelValueBytes)
            }
        }
        return LabelSet(merged.map { LabelSet.Label($0.key, $0.value) })
    }

    /// The labels as the exporter gives them, those with an empty value too.
    private func exposedLabels(
        _ series: Range<Int>,
        _ bytes: Span<UInt8>
    ) throws(ExpositionFault) -> [String: String] {
        var exposed: [String: String] = [:]
        var index = series.lowerBound
        let nameEnd = NameCharacters.metric.end(in: bytes, from: index)
        if nameEnd > index {
            exposed[LabelSet.nameLabel] = try unescaped(index..<nameEnd, bytes)
        }
        index = bytes.positionAfterBlanks(from: nameEnd)
        if index < series.upperBound, bytes[index] == UInt8(ascii: "{") {
            var scanner = LabelBlockScanner(at: index + 1, format: .prometheusText)
            scan: while true {
                let name: String
                let value: String
                switch try scanner.next(in: bytes) {
                case .label(let nameRange, let valueRange):
                    name = try unescaped(nameRange, bytes)
                    value = try unescaped(valueRange, bytes)
                case .metricName(let range):
                    name = LabelSet.nameLabel
                    value = try unescaped(range, bytes)
                case .end:
                    break scan
                }
                guard !name.isEmpty else { throw .labelName }
                guard exposed.updateValue(value, forKey: name) == nil else {
                    throw .repeatedLabel
                }
                guard exposed.count <= Limits.labelsPerSeries else {
                    throw .tooManyLabels(limit: Limits.labelsPerSeries)
                }
            }
        }
        guard let name = exposed[LabelSet.nameLabel], !name.isEmpty else { throw .noName }
        return exposed
    }

    /// Prometheus' rule for labels that both the exporter and the target have.
    private func merged(_ exposed: [String: String]) -> [String: String] {
        var merged = exposed.filter { !$0.value.isEmpty }
        if target.honorLabels {
            // An empty exposed label counts: it is how an exporter keeps the target's label off.
            for label in target.labels.labels where exposed[label.name] == nil {
                merged[label.name] = label.value
            }
            return merged
        }
        var clashing: [LabelSet.Label] = []
        for label in target.labels.labels {
            if let value = merged.updateValue(label.value, forKey: label.name) {
                clashing.append(LabelSet.Label(label.name, value))
            }
        }
        // The shortest name first, so that `exported_a` of the exporter, when it clashes too,
        // goes out of the way of its `a`, and not the other way round.
        let inOrder = clashing.sorted {
            ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name)
        }
        for label in inOrder {
            var name = label.name
            repeat { name = "exported_" + name } while merged[name] != nil
            merged[name] = label.value
        }
        return merged
    }

    /// Resolves `\\`, `\"` and `\n`; a backslash before anything else stays, as in Prometheus.
    private func unescaped(
        _ range: Range<Int>,
        _ bytes: Span<UInt8>
    ) throws(ExpositionFault) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < range.upperBound else {
                text.append(byte)
                continue
            }
            switch bytes[index] {
            case UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "\""): text.append(UInt8(ascii: "\""))
            case UInt8(ascii: "n"): text.append(UInt8(ascii: "\n"))
            default: text += [byte, bytes[index]]
            }
            index += 1
        }
        guard let string = String(validating: text, as: UTF8.self) else { throw .notUTF8 }
        return string
    }
}
