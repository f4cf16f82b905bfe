/// The forms that a report is served in.
package enum ReportFormat: String, CaseIterable, Sendable {
    case html
    case json
    case csv
    case text

    /// The value of the `Content-Type` header.
    package var contentType: String {
        switch self {
        case .html: "text/html; charset=utf-8"
        case .json: "application/json"
        case .csv: "text/csv; charset=utf-8; header=present"
        case .text: "text/plain; charset=utf-8"
        }
    }

    /// The media type without its parameters, as an `Accept` header names it.
    var mediaType: (type: String, subtype: String) {
        switch self {
        case .html: ("text", "html")
        case .json: ("application", "json")
        case .csv: ("text", "csv")
        case .text: ("text", "plain")
        }
    }

    /// Which one to serve where the client takes several equally: programs before people, since a
    /// browser names `text/html` and a program often says `*/*`.
    static let byPreference: [Self] = [.json, .html, .text, .csv]
}
