import CoreDomain
import FleetModel

/// A range query's answer as Prometheus gives it (a matrix), with a `hawser` member that says where
/// the values come from.
enum RangeJSON {
    static func head(_ answer: RangeAnswer) -> String {
        let resolution = answer.resolution?.label ?? "raw"
        let step = answer.step.map { seconds($0.milliseconds) } ?? "null"
        return "{\"status\":\"success\",\"hawser\":{\"resolution\":\"\(resolution)\","
            + "\"step_seconds\":\(step),\"agg\":\"\(answer.aggregation.rawValue)\"},"
            + "\"data\":{\"resultType\":\"matrix\",\"result\":["
    }

    static let tail = "\n]}}\n"

    static func series(_ series: RangeAnswer.Series, isFirst: Bool) -> String {
        var text = isFirst ? "" : ","
        text += "\n{\"metric\":\(labels(series.labels)),\"values\":["
        for (place, point) in series.points.enumerated() {
            if place > 0 { text += "," }
            text += "[\(seconds(point.at)),\"\(number(point.value))\"]"
        }
        return text + "]}"
    }

    /// Milliseconds as seconds, without a sum of binary fractions.
    static func seconds(_ milliseconds: Int64) -> String {
        let (whole, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        guard rest != 0 else { return "\(whole)" }
        let digits = "\(rest.magnitude)"
        let sign = milliseconds < 0 && whole == 0 ? "-" : ""
        return "\(sign)\(whole)." + String(repeating: "0", count: 3 - digits.count) + digits
    }

    /// As Prometheus writes numbers.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: value).map { "\($0)" } ?? "\(value)"
    }

    static func labels(_ labels: LabelSet) -> String {
        "{"
            + labels.labels.map { label in
                JSONText.string(label.name).text + ":" + JSONText.string(label.value).text
            }.joined(separator: ",") + "}"
    }
}
