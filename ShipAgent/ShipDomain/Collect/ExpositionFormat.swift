/// The two text formats that exporters speak.
package enum ExpositionFormat: Sendable {
    /// Prometheus text 0.0.4: lenient with blanks, timestamps in milliseconds.
    case prometheusText
    /// OpenMetrics 1.0: one space between tokens, timestamps in seconds, ended by `# EOF`.
    case openMetrics

    /// Decides by the content type; where that names neither, by whether the body ends with
    /// `# EOF`, as it must in OpenMetrics (recorded scrapes have no content type).
    package init(contentType: String?, body: [UInt8]) {
        let mediaType = (contentType ?? "").prefix { $0 != ";" }
            .filter { !$0.isWhitespace }
            .lowercased()
        switch mediaType {
        case "application/openmetrics-text":
            self = .openMetrics
        case "text/plain":
            self = .prometheusText
        default:
            let end = Array("# EOF".utf8)
            let tail = body.last == UInt8(ascii: "\n") ? body.dropLast() : body[...]
            self = tail.suffix(end.count).elementsEqual(end) ? .openMetrics : .prometheusText
        }
    }
}
