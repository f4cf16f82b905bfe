import FleetRuntime

/// What a plan comes to, for people or programs.
enum PlanText {
    static func show(_ answer: JSONValue, _ output: ConnectionOptions.Output) throws {
        guard output == .table else { return StandardStreams.out(answer.prettyText) }
        StandardStreams.out(text(answer))
    }

    static func text(_ answer: JSONValue) -> String {
        guard let plan = answer["plan"] else { return answer.prettyText }
        var lines = [header(answer)]
        if let reason = answer["reason"]?.string, !reason.isEmpty { lines.append(reason) }
        lines.append("")
        var rows = (plan["waves"]?.items ?? []).map { wave in
            row(wave["name"]?.cell ?? "–", wave["totals"] ?? .null)
        }
        rows.append(row("all", plan["totals"] ?? .null))
        lines.append(
            TextTable(
                headings: [
                    "wave", "ships", "bytes", "with retries", "cost", "half the times", "9 of 10",
                    "how",
                ],
                rows: rows
            ).text
        )
        for warning in plan["warnings"]?.items ?? [] { lines.append("note: \(warning.cell)") }
        if let digest = answer["plan_digest"]?.string { lines += ["", "plan \(digest)"] }
        return lines.joined(separator: "\n")
    }

    private static func header(_ answer: JSONValue) -> String {
        let name = answer["name"]?.cell ?? "–"
        let number = answer["id"].map { " (\($0.cell))" } ?? ""
        let version =
            "\(answer["model"]?.cell ?? "–") version \(answer["model_version"]?.cell ?? "–")"
        let state = answer["state"].map { ", \($0.cell)" } ?? ""
        return "\(name)\(number): \(version) to slot \(answer["slot"]?.cell ?? "–")\(state)"
    }

    private static func row(_ name: String, _ totals: JSONValue) -> [String] {
        let costs = (totals["costs"]?.items ?? []).map { cost in
            "\(money(cost["micros"]?.whole ?? 0)) \(cost["currency"]?.cell ?? "")"
        }
        return [
            name, totals["ships"]?.cell ?? "–", size(totals["bytes"]?.whole),
            size(totals["bytes_with_retries"]?.whole),
            costs.isEmpty ? "–" : costs.joined(separator: " + "),
            time(totals["p50_seconds"]?.whole), time(totals["p90_seconds"]?.whole),
            totals["methods"]?.cell ?? "–",
        ]
    }

    /// In the unit that leaves one to three digits before the point.
    static func size(_ bytes: Int64?) -> String {
        guard let bytes else { return "–" }
        guard bytes >= 1000 else { return "\(bytes) B" }
        var value = Double(bytes)
        var unit = 0
        while value >= 999.5, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return "\(decimal(value)) \(units[unit])"
    }

    private static let units = ["B", "kB", "MB", "GB", "TB", "PB"]

    static func time(_ seconds: Int64?) -> String {
        guard let seconds else { return "not known" }
        return switch seconds {
        case ..<60: "\(seconds) s"
        case ..<3600: "\(decimal(Double(seconds) / 60)) min"
        case ..<86_400: "\(decimal(Double(seconds) / 3600)) h"
        default: "\(decimal(Double(seconds) / 86_400)) d"
        }
    }

    /// Of millionths; cents are enough for people, but nothing that costs something is shown as free.
    static func money(_ micros: Int64) -> String {
        let cents = micros / 10_000 + (micros % 10_000 > 0 ? 1 : 0)
        let rest = "\(cents % 100)"
        return "\(cents / 100).\(rest.count < 2 ? "0" : "")\(rest)"
    }

    /// One digit behind the point below ten, none above.
    private static func decimal(_ value: Double) -> String {
        guard value < 9.95 else { return "\(Int64(value.rounded()))" }
        let tenths = Int64((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }
}

extension JSONValue {
    /// `nil` for what is no whole number.
    fileprivate var whole: Int64? { if case .integer(let value) = self { value } else { nil } }
}
