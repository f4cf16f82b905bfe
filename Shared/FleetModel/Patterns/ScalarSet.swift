/// Which characters one place of a pattern accepts: ascending ranges that do not touch.
struct ScalarSet: Sendable, Hashable {
    private(set) var ranges: [ClosedRange<UInt32>]

    static let all = Self([0...0x10FFFF])
    static let digits = Self([0x30...0x39])
    static let spaces = Self([0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let word = Self([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let newline = Self([0x0A...0x0A])

    init(_ ranges: [ClosedRange<UInt32>]) {
        var merged: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound &+ 1 {
                merged[merged.count - 1] =
                    last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        self.ranges = merged
    }

    init(_ scalar: Unicode.Scalar) { self.init([scalar.value...scalar.value]) }

    func contains(_ value: UInt32) -> Bool {
        if ranges.count == 1 { return ranges[0].contains(value) }
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(value)
    }

    func union(_ other: Self) -> Self { Self(ranges + other.ranges) }

    var inverted: Self {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            next = range.upperBound + 1
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return Self(result)
    }

    /// With the other case of every letter: of all Latin letters in ranges, and of any single one.
    var caseless: Self {
        var added: [ClosedRange<UInt32>] = []
        for range in ranges {
            if range.count == 1, let scalar = Unicode.Scalar(range.lowerBound) {
                let properties = scalar.properties
                for text in [properties.lowercaseMapping, properties.uppercaseMapping] {
                    let scalars = text.unicodeScalars
                    if scalars.count == 1, let other = scalars.first {
                        added.append(other.value...other.value)
                    }
                }
            }
            for (letters, shift) in [(UInt32(0x41)...0x5A, Int32(32)), (0x61...0x7A, -32)]
            where range.overlaps(letters) {
                let part = range.clamped(to: letters)
                added.append(
                    UInt32(Int32(part.lowerBound) + shift)...UInt32(Int32(part.upperBound) + shift)
                )
            }
        }
        return Self(ranges + added)
    }
}
