import ArgumentParser

/// A capacity on the command line: `128k`, `2M`, `64000`.
struct BitRate: ExpressibleByArgument, CustomStringConvertible {
    let bitsPerSecond: Int

    init(bitsPerSecond: Int) {
        self.bitsPerSecond = bitsPerSecond
    }

    init?(argument: String) {
        let digits = argument.prefix { ("0"..."9").contains($0) }
        let factor: Int
        switch argument[digits.endIndex...] {
        case "": factor = 1
        case "k": factor = 1000
        case "M": factor = 1_000_000
        case "G": factor = 1_000_000_000
        default: return nil
        }
        guard let number = Int(digits), number <= 1_000_000_000 else { return nil }
        self.bitsPerSecond = number * factor
    }

    var description: String { "\(bitsPerSecond)" }
}
