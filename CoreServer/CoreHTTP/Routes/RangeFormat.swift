import CoreDomain
import FleetModel

/// How a range query's answer can be had.
enum RangeFormat: String, Sendable {
    case json, csv

    var contentType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv; charset=utf-8"
        }
    }

    func head(_ answer: RangeAnswer) -> String {
        switch self {
        case .json: RangeJSON.head(answer)
        case .csv: "series,seconds,value\r\n"
        }
    }

    func series(_ series: RangeAnswer.Series, isFirst: Bool) -> String {
        switch self {
        case .json: return RangeJSON.series(series, isFirst: isFirst)
        case .csv:
            let name = series.labels.description.replacing("\"", with: "\"\"")
            return series.points.map { point in
                "\"\(name)\",\(RangeJSON.seconds(point.at)),\(RangeJSON.number(point.value))\r\n"
            }.joined()
        }
    }

    var tail: String {
        switch self {
        case .json: RangeJSON.tail
        case .csv: ""
        }
    }
}
