/// Durations and byte counts as people write them.
package enum Quantity {
    /// Reads `15s`, `1m`, `500ms`, `2h`, `7d` and sums such as `1h30m`.
    ///
    /// Returns `nil` for anything else: a number without a unit is refused, because nobody agrees
    /// on which unit it has.
    package static func duration(_ text: String) -> Duration? {
        var rest = Substring(text)
        var total = Duration.zero
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            guard let (number, unit, after) = term(rest), number <= 1_000_000_000 else {
                return nil
            }
            switch unit {
            case "ms": total += .milliseconds(number)
            case "s": total += .seconds(number)
            case "m": total += .seconds(number * 60)
            case "h": total += .seconds(number * 3600)
            case "d": total += .seconds(number * 86_400)
            default: return nil
            }
            rest = after
        }
        return total
    }

    /// Reads `64MiB`, `10MB`, `512kB`, `4096`; a number without a unit is bytes.
    ///
    /// Returns `nil` for anything else, and for more than an `Int` holds.
    package static func byteCount(_ text: String) -> Int? {
        guard let (number, unit, rest) = term(Substring(text)), rest.isEmpty else { return nil }
        let factor: Int
        switch unit {
        case "", "B": factor = 1
        case "kB", "KB": factor = 1000
        case "MB": factor = 1_000_000
        case "GB": factor = 1_000_000_000
        case "TB": factor = 1_000_000_000_000
        case "KiB": factor = 1 << 10
        case "MiB": factor = 1 << 20
        case "GiB": factor = 1 << 30
        case "TiB": factor = 1 << 40
        default: return nil
        }
        let (count, overflow) = number.multipliedReportingOverflow(by: factor)
        return overflow ? nil : count
    }

    /// A duration in the form that `duration(_:)` reads, to the millisecond.
    package static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        if milliseconds != 0 || seconds == 0 {
            return "\(seconds * 1000 + milliseconds)ms"
        }
        if seconds % 86_400 == 0 { return "\(seconds / 86_400)d" }
        if seconds % 3600 == 0 { return "\(seconds / 3600)h" }
        if seconds % 60 == 0 { return "\(seconds / 60)m" }
        return "\(seconds)s"
    }

    /// A byte count in the form that `byteCount(_:)` reads, exact.
    package static func text(bytes: Int) -> String {
        for (name, shift) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
        where bytes != 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(name)"
        }
        return "\(bytes)B"
    }

    private static func term(
        _ text: Substring
    ) -> (number: Int, unit: Substring, rest: Substring)? {
        let digits = text.prefix { ("0"..."9").contains($0) }
        guard let number = Int(digits) else { return nil }
        let unit = text[digits.endIndex...].prefix { !("0"..."9").contains($0) }
        return (number, unit, text[unit.endIndex...])
    }
}
