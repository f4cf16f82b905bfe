import Foundation

/// A recorded file with what real exporters rarely say.
enum OddScrapes {
    private static let start: Int64 = 1_795_254_788_000

    /// Values at the edges of a double, and spellings of one number.
    private static let values = [
        "NaN", "nan", "+Inf", "-Inf", "Inf", "-0", "-0.0", "0", "5e-324", "2.2250738585072014e-308",
        "1.7976931348623157e308", "0.1", "1e22", "1e23", "-1.5", "9007199254740993", "1e-400",
        "123456789.123456789", "4.35", "0.30000000000000004",
    ]

    /// Each scrape shifts the values by one; some series come and go, and some carry times of their
    /// own, which repeat now and then.
    static var text: String {
        (0..<45).map { scrape -> String in
            let at = start + Int64(scrape) * 1000
            var lines = ["# TYPE odd gauge"]
            for (index, _) in values.enumerated() where (scrape + index) % 7 != 0 {
                let value = values[(index + scrape) % values.count]
                lines.append("odd{n=\"\(index)\"} \(value)")
            }
            lines.append(
                "quoted{text=\"a \\\"b\\\" \\\\ c\\nd, e=\\\"f\\\" é\",empty=\"\"} \(scrape)"
            )
            // A gateway's: half an hour behind, newer with every third scrape.
            lines.append(
                "gateway{n=\"old\"} \(scrape / 3) \(at - 1_800_000 - Int64(scrape % 3) * 1000)"
            )
            lines.append("gateway{n=\"ahead\"} NaN \(at + 5000)")
            if scrape % 10 == 9 { return #"{"t": \#(at), "us": 5, "e": "connection refused"}"# }
            let body = lines.joined(separator: "\n") + "\n"
            let quoted = (try? JSONEncoder().encode(body)).map {
                String(decoding: $0, as: UTF8.self)
            }
            return #"{"t": \#(at), "us": 5, "b": \#(quoted ?? "")}"#
        }.joined(separator: "\n")
    }
}
