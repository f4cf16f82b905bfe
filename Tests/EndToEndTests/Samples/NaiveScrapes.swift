import FleetTestSupport
import Foundation

/// What a file of recorded scrapes must become, worked out a second time and as simply as can be:
/// `xz` and Foundation read the file, strings are split, and sets are compared.
///
/// Written from the file's description and Prometheus' rules without a look at the agent's parser;
/// only for well-formed text.
enum NaiveScrapes {
    /// Prometheus' `value.NormalNaN` and `value.StaleNaN`.
    private static let nan: UInt64 = 0x7ff8_0000_0000_0001
    private static let stale: UInt64 = 0x7ff0_0000_0000_0002

    /// The samples of one file when it is replayed under this instance.
    static func samples(of path: String, instance: String) async throws -> SampleTally {
        let name = path.components(separatedBy: "/").last ?? path
        let target = ["job": name.components(separatedBy: ".jsonl")[0], "instance": instance]
        let up = SampleTally.key(target.merging(["__name__": "up"]) { _, new in new })
        var keys: [Substring: String] = [:]
        var tally = SampleTally()
        var previous: Set<String> = []
        var newest: [String: Int64] = [:]
        for line in try await text(of: path).components(separatedBy: "\n") where !line.isEmpty {
            let scrape = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            guard let at = (scrape?["t"] as? NSNumber)?.int64Value else {
                throw CocoaError(.fileReadCorruptFile)
            }
            var current: Set<String> = []
            let body = scrape?["b"] as? String
            tally.add(up, at: at, bits: (body == nil ? 0.0 : 1.0).bitPattern)
            for text in (body ?? "").components(separatedBy: "\n") {
                guard !text.isEmpty, !text.hasPrefix("#") else { continue }
                let (series, value, own) = split(text)
                let key =
                    keys[series]
                    ?? SampleTally.key(labels(series).merging(target) { _, new in new })
                keys[series] = key
                if let own, own != at {
                    // An exporter repeats a sample of its own time until it has a newer one.
                    if own > newest[key] ?? .min { tally.add(key, at: own, bits: value) }
                    newest[key] = max(own, newest[key] ?? .min)
                } else {
                    tally.add(key, at: at, bits: value)
                    if own == nil { current.insert(key) }
                    newest[key] = max(at, newest[key] ?? .min)
                }
            }
            for key in previous.subtracting(current) { tally.add(key, at: at, bits: stale) }
            previous = current
        }
        return tally
    }

    private static func text(of path: String) async throws -> String {
        guard path.hasSuffix(".xz") else {
            return try String(contentsOfFile: path, encoding: .utf8)
        }
        var runner = ProcessRunner("xz", ["-dc", path])
        runner.outputLimit = 256 * 1024 * 1024
        return try await withProcess(runner) { process in
            guard try await process.waitForExit(timeout: .seconds(240)) == .exited(0) else {
                throw CocoaError(.fileReadCorruptFile)
            }
            return process.standardOutput
        }
    }

    /// The series, the value's bits and the sample's own time.
    private static func split(_ line: String) -> (Substring, UInt64, Int64?) {
        let end =
            line.lastIndex(of: "}").map { line.index(after: $0) }
            ?? line.firstIndex(of: " ") ?? line.endIndex
        let rest = line[end...].split(separator: " ")
        let value = Double(rest[0]) ?? 0
        return (
            line[..<end], value.isNaN ? nan : value.bitPattern,
            rest.count > 1 ? Int64(rest[1]) : nil
        )
    }

    private static func labels(_ series: Substring) -> [String: String] {
        guard let brace = series.firstIndex(of: "{") else { return ["__name__": String(series)] }
        var labels = ["__name__": String(series[..<brace])]
        var rest = series[brace...].dropFirst()
        while let equals = rest.firstIndex(of: "=") {
            let name = String(rest[..<equals])
            rest = rest[equals...].dropFirst(2)
            var value = ""
            while let character = rest.popFirst(), character != "\"" {
                guard character == "\\" else {
                    value.append(character)
                    continue
                }
                let escaped = rest.popFirst() ?? "\\"
                value.append(escaped == "n" ? "\n" : escaped)
            }
            if !value.isEmpty { labels[name] = value }
            if rest.first == "," { rest = rest.dropFirst() }
        }
        return labels
    }
}
