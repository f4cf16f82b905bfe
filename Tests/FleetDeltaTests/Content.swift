import FleetTestSupport

/// Made-up content of a seed.
enum Content {
    static func noise(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// Lines as in a configuration.
    static func text(_ lines: Int, _ random: inout SeededGenerator) -> [UInt8] {
        let words = [
            "engine", "pressure", "alarm", "window", "limit", "retries", "fuel", "interval",
        ]
        var text = ""
        for _ in 0..<lines {
            let name = (0..<2).map { _ in words.randomElement(using: &random) ?? "" }
            text += "\(name.joined(separator: "_")): \(Int.random(in: 0...9999, using: &random))\n"
        }
        return Array(text.utf8)
    }

    /// Records of 24 bytes, as programs and trees of decisions have them.
    static func records(_ count: Int, _ random: inout SeededGenerator) -> [UInt8] {
        var bytes: [UInt8] = []
        var address: UInt64 = 0x40_1000
        for number in 0..<count {
            address += UInt64.random(in: 16...400, using: &random)
            for value in [
                address, UInt64(number * 3), UInt64.random(in: 0...(1 << 40), using: &random),
            ] {
                for shift in stride(from: 0, to: 64, by: 8) {
                    bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
                }
            }
        }
        return bytes
    }

    /// A normal deviate, from twelve uniform ones.
    static func normal(_ random: inout SeededGenerator) -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
    }
}
