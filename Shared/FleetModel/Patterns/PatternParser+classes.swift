extension PatternParser {
    /// What follows a backslash, outside of a class.
    mutating func escape() throws(PatternError) -> PatternNode {
        let scalar = try takeAny("a '\\'")
        switch scalar {
        case "A": return .assertion(.start)
        case "z": return .assertion(.end)
        case "b": return .assertion(.wordBoundary)
        case "B": return .assertion(.noWordBoundary)
        default: break
        }
        if let set = Self.shorthand(scalar) { return .one(set) }
        let set = ScalarSet(try character(escapedAs: scalar))
        return .one(flags.ignoresCase ? set.caseless : set)
    }

    private static func shorthand(_ scalar: Unicode.Scalar) -> ScalarSet? {
        switch scalar {
        case "d": .digits
        case "D": ScalarSet.digits.inverted
        case "w": .word
        case "W": ScalarSet.word.inverted
        case "s": .spaces
        case "S": ScalarSet.spaces.inverted
        default: nil
        }
    }

    private mutating func character(
        escapedAs scalar: Unicode.Scalar
    ) throws(PatternError) -> Unicode.Scalar {
        switch scalar {
        case "a": return "\u{07}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "x": return try hexadecimal()
        case "p", "P": throw PatternError("classes by Unicode property are not supported")
        case "1"..."9": throw PatternError("a reference back can't be matched in linear time")
        default:
            // A letter or digit with a meaning that is not known here must not become itself.
            guard !ScalarSet.word.contains(scalar.value) || scalar == "_" else {
                throw PatternError("an escape that RE2 does not know: \\\(scalar)")
            }
            return scalar
        }
    }

    private mutating func hexadecimal() throws(PatternError) -> Unicode.Scalar {
        var digits = ""
        if take("{") {
            while let scalar = next, scalar != "}", digits.count < 8 {
                digits.unicodeScalars.append(scalar)
                position += 1
            }
            guard take("}") else { throw PatternError("a \\x{ without its '}'") }
        } else {
            for _ in 0..<2 { digits.unicodeScalars.append(try takeAny("a \\x")) }
        }
        guard let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
            throw PatternError("\\x is followed by a character's number in hexadecimal digits")
        }
        return scalar
    }

    /// Behind `[`, up to and with `]`.
    mutating func characterClass() throws(PatternError) -> ScalarSet {
        let isInverted = take("^")
        var set = ScalarSet([])
        var isFirst = true
        while true {
            let scalar = try takeAny("a '['")
            if scalar == "]", !isFirst { break }
            isFirst = false
            if scalar == "[", take(":") {
                set = set.union(try namedClass())
                continue
            }
            if scalar == "\\", let escaped = next, let short = Self.shorthand(escaped) {
                position += 1
                set = set.union(short)
                continue
            }
            let low = try member(scalar)
            var high = low
            if next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" {
                position += 1
                high = try member(try takeAny("a range"))
            }
            guard low <= high else { throw PatternError("a range runs backwards: \(low)-\(high)") }
            set = set.union(ScalarSet([low.value...high.value]))
        }
        if flags.ignoresCase { set = set.caseless }
        return isInverted ? set.inverted : set
    }

    private mutating func member(
        _ scalar: Unicode.Scalar
    ) throws(PatternError) -> Unicode.Scalar {
        guard scalar == "\\" else { return scalar }
        return try character(escapedAs: try takeAny("a '\\'"))
    }

    private mutating func namedClass() throws(PatternError) -> ScalarSet {
        let isInverted = take("^")
        var name = ""
        while let scalar = next, scalar != ":", name.count < 16 {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard take(":"), take("]"), let ranges = Self.namedClasses[name] else {
            throw PatternError("a class that RE2 does not know: [:\(name)")
        }
        return isInverted ? ScalarSet(ranges).inverted : ScalarSet(ranges)
    }

    private static let namedClasses: [String: [ClosedRange<UInt32>]] = [
        "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A],
        "alpha": [0x41...0x5A, 0x61...0x7A],
        "ascii": [0...0x7F],
        "blank": [0x09...0x09, 0x20...0x20],
        "cntrl": [0...0x1F, 0x7F...0x7F],
        "digit": [0x30...0x39],
        "graph": [0x21...0x7E],
        "lower": [0x61...0x7A],
        "print": [0x20...0x7E],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E],
        "space": [0x09...0x0D, 0x20...0x20],
        "upper": [0x41...0x5A],
        "word": [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A],
        "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
    ]
}
