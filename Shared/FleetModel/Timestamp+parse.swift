extension Timestamp {
    /// Reads RFC 3339 (`2026-11-21T12:22:38Z`, with a fraction or an offset), a plain date
    /// (midnight UTC), or seconds since 1970 with an optional fraction, as Prometheus' API takes.
    ///
    /// Returns `nil` for anything else; nothing is guessed.
    package init?(parsing text: String) {
        if let seconds = Double(text), seconds.isFinite, abs(seconds) < 1e12 {
            self.init(milliseconds: Int64((seconds * 1000).rounded()))
            return
        }
        let bytes = Array(text.utf8)
        guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
            let year = Self.number(bytes[0..<4]), let month = Self.number(bytes[5..<7]),
            let day = Self.number(bytes[8..<10]),
            let dayNumber = CivilDate.dayNumber(year: year, month: month, day: day)
        else { return nil }
        guard bytes.count > 10 else {
            self.init(seconds: dayNumber * 86_400)
            return
        }
        guard bytes.count >= 20,
            [UInt8(ascii: "T"), UInt8(ascii: "t"), UInt8(ascii: " ")].contains(bytes[10]),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let hour = Self.number(bytes[11..<13]), hour < 24,
            let minute = Self.number(bytes[14..<16]), minute < 60,
            let second = Self.number(bytes[17..<19]), second <= 60
        else { return nil }
        var rest = bytes[19...]
        var fraction: Int64 = 0
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { (0x30...0x39).contains($0) }
            guard !digits.isEmpty, digits.count <= 9 else { return nil }
            let padded = (Array(digits) + [0x30, 0x30])[0..<3]
            guard let milliseconds = Self.number(padded) else { return nil }
            fraction = milliseconds
            rest = rest.dropFirst(1 + digits.count)
        }
        guard let offset = Self.offsetInSeconds(rest) else { return nil }
        let seconds = dayNumber * 86_400 + hour * 3600 + minute * 60 + second - offset
        self.init(milliseconds: seconds * 1000 + fraction)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
        var value: Int64 = 0
        for digit in digits {
            guard (0x30...0x39).contains(digit) else { return nil }
            value = value * 10 + Int64(digit - 0x30)
        }
        return value
    }

    private static func offsetInSeconds(_ text: ArraySlice<UInt8>) -> Int64? {
        let bytes = Array(text)
        if bytes == [UInt8(ascii: "Z")] || bytes == [UInt8(ascii: "z")] { return 0 }
        guard bytes.count == 6, bytes[3] == UInt8(ascii: ":"),
            let hours = number(bytes[1..<3]), hours < 24,
            let minutes = number(bytes[4..<6]), minutes < 60
        else { return nil }
        switch bytes[0] {
        case UInt8(ascii: "+"): return hours * 3600 + minutes * 60
        case UInt8(ascii: "-"): return -(hours * 3600 + minutes * 60)
        default: return nil
        }
    }
}
