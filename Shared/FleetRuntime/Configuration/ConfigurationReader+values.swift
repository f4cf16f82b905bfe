extension ConfigurationReader {
    /// Text. Without a default the key is required.
    package func string(_ key: String, default: String? = nil) -> String {
        record(key, "text", default: `default`)
        return scalar(key) ?? required(key, `default`, "text") ?? ""
    }

    /// Text that may be absent.
    package func optionalString(_ key: String) -> String? {
        record(key, "text")
        return scalar(key)
    }

    /// A whole number. Without a default the key is required.
    package func int(
        _ key: String,
        default: Int? = nil,
        range: ClosedRange<Int> = Int.min...Int.max
    ) -> Int {
        let isBounded = range != Int.min...Int.max
        let bounds = isBounded ? "\(range.lowerBound)…\(range.upperBound)" : nil
        record(key, "integer", default: `default`.map(String.init), range: bounds)
        let expected = "a whole number" + (bounds.map { " in \($0)" } ?? "")
        return parsed(key, default: `default`, expected: expected) { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? range.lowerBound
    }

    /// A number with or without a fraction. Without a default the key is required.
    package func number(
        _ key: String,
        default: Double? = nil,
        range: ClosedRange<Double> = -.greatestFiniteMagnitude ... .greatestFiniteMagnitude
    ) -> Double {
        let isBounded = range.upperBound < .greatestFiniteMagnitude
        let bounds = isBounded ? "\(range.lowerBound)…\(range.upperBound)" : nil
        record(key, "number", default: `default`.map { "\($0)" }, range: bounds)
        let expected = "a number" + (bounds.map { " in \($0)" } ?? "")
        return parsed(key, default: `default`, expected: expected) { text in
            Double(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? range.lowerBound
    }

    /// `true` or `false`, and nothing else: `yes`, `on` and `1` are refused.
    package func bool(_ key: String, default: Bool? = nil) -> Bool {
        record(key, "true or false", default: `default`.map { "\($0)" })
        return parsed(key, default: `default`, expected: "true or false") { Bool($0) } ?? false
    }

    /// A duration such as `15s`, `1m`, `500ms`, `2h`. Without a default the key is required.
    package func duration(
        _ key: String,
        default: Duration? = nil,
        range: ClosedRange<Duration> = .zero ... .seconds(100 * 366 * 86_400)
    ) -> Duration {
        let bounds = "\(Quantity.text(range.lowerBound))…\(Quantity.text(range.upperBound))"
        record(key, "duration", default: `default`.map { Quantity.text($0) }, range: bounds)
        let expected = "a duration such as 15s, 1m or 500ms in \(bounds)"
        return parsed(key, default: `default`, expected: expected) { text in
            Quantity.duration(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? range.lowerBound
    }

    /// A number of bytes such as `64MiB`, `10MB`, `4096`. Without a default the key is required.
    package func byteCount(
        _ key: String,
        default: Int? = nil,
        range: ClosedRange<Int> = 0...Int.max
    ) -> Int {
        let isBounded = range.upperBound != .max
        let lower = Quantity.text(bytes: range.lowerBound)
        let bounds = isBounded ? "\(lower)…\(Quantity.text(bytes: range.upperBound))" : nil
        record(key, "size", default: `default`.map { Quantity.text(bytes: $0) }, range: bounds)
        let expected = "a size such as 64MiB or 10MB" + (bounds.map { " in \($0)" } ?? "")
        return parsed(key, default: `default`, expected: expected) { text in
            Quantity.byteCount(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? range.lowerBound
    }

    /// One of a list of words. Without a default the key is required.
    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String,
        default: Choice? = nil,
        of _: Choice.Type = Choice.self
    ) -> Choice where Choice.RawValue == String {
        let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        record(key, "one of \(words)", default: `default`?.rawValue)
        let parsed = parsed(key, default: `default`, expected: "one of \(words)") {
            Choice(rawValue: $0)
        }
        // A placeholder for `finish()` to stop; an enumeration without cases has no use here.
        guard let choice = parsed ?? Choice.allCases.first else {
            preconditionFailure("\(key) offers no choice")
        }
        return choice
    }

    /// A value of the caller's own type, such as an address.
    ///
    /// - Parameters:
    ///   - expected: what the key takes, after "must be": `host:port`.
    ///   - parse: returns `nil` for text it does not accept.
    /// - Returns: `nil` if the key is absent or malformed, and there is no default.
    package func parsed<Value>(
        _ key: String,
        default: Value? = nil,
        isRequired: Bool = true,
        expected: String,
        parse: (String) -> Value?
    ) -> Value? {
        guard let text = value(key).flatMap({ text($0, key: key, expected: expected) }) else {
            return isRequired ? required(key, `default`, expected) : `default`
        }
        guard let value = parse(text) else {
            report(key, "must be \(expected)")
            return `default`
        }
        return value
    }

    private func scalar(_ key: String) -> String? {
        value(key).flatMap { text($0, key: key, expected: "text") }
    }

    private func text(_ value: DocumentValue, key: String, expected: String) -> String? {
        if case .scalar(let text) = value.content { return text }
        report(key, "must be \(expected), not a list or a section")
        return nil
    }

    private func required<Value>(_ key: String, _ value: Value?, _ expected: String) -> Value? {
        // A value of the wrong shape has been reported already.
        if value == nil, !has(key) { report(key, "is required: \(expected)") }
        return value
    }
}
