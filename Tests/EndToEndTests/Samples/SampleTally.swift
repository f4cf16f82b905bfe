/// Samples by series, each as often as it occurs: what two accounts are compared as.
struct SampleTally {
    struct Sample: Hashable, Comparable, CustomStringConvertible {
        let milliseconds: Int64
        /// The value's bit pattern: -0.0 is not 0.0, and one NaN is not another.
        let bits: UInt64

        static func < (left: Self, right: Self) -> Bool {
            (left.milliseconds, left.bits) < (right.milliseconds, right.bits)
        }

        var description: String {
            "\(Double(bitPattern: bits)) (0x\(String(bits, radix: 16))) at \(milliseconds)"
        }
    }

    private(set) var series: [String: [Sample]] = [:]

    var count: Int { series.values.reduce(0) { $0 + $1.count } }

    /// A series' labels as one text, the same for the same labels.
    static func key(_ labels: [String: String]) -> String {
        labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "\n")
    }

    mutating func add(_ key: String, at milliseconds: Int64, bits: UInt64) {
        series[key, default: []].append(Sample(milliseconds: milliseconds, bits: bits))
    }

    mutating func add(_ other: SampleTally) {
        for (key, samples) in other.series { series[key, default: []] += samples }
    }

    /// The same samples under other labels, and all NaNs as one: of tools that don't tell them apart.
    func relabelled(_ change: ([String: String]) -> [String: String]) -> SampleTally {
        var tally = SampleTally()
        for (key, samples) in series {
            let pairs = key.split(separator: "\n").map { line in
                let parts = line.split(
                    separator: "=",
                    maxSplits: 1,
                    omittingEmptySubsequences: false
                )
                return (String(parts[0]), String(parts[1]))
            }
            let changed = Self.key(change(Dictionary(pairs) { $1 }))
            for sample in samples {
                let isNaN = Double(bitPattern: sample.bits).isNaN
                let bits = isNaN ? Double.nan.bitPattern : sample.bits
                tally.add(changed, at: sample.milliseconds, bits: bits)
            }
        }
        return tally
    }

    /// What is missing here and what is too much, in sentences; none when both are the same.
    func differences(from expected: SampleTally) -> [String] {
        var sentences: [String] = []
        for key in Set(series.keys).union(expected.series.keys).sorted() {
            let have = series[key] ?? []
            let want = expected.series[key] ?? []
            guard have.sorted() != want.sorted() else { continue }
            let missing = Self.subtract(have, from: want)
            let surplus = Self.subtract(want, from: have)
            let name = key.split(separator: "\n").joined(separator: ",")
            sentences.append(
                "{\(name)}: \(missing.count) missing \(missing.prefix(2)), "
                    + "\(surplus.count) too many \(surplus.prefix(2))"
            )
        }
        return sentences
    }

    private static func subtract(_ some: [Sample], from all: [Sample]) -> [Sample] {
        var counts: [Sample: Int] = [:]
        for sample in some { counts[sample, default: 0] += 1 }
        return all.sorted().filter { sample in
            guard let count = counts[sample], count > 0 else { return true }
            counts[sample] = count - 1
            return false
        }
    }
}
