import CoreDomain
import Mustache

/// Turns a report into what a client reads.
package struct ReportRenderer: Sendable {
    private let library: MustacheLibrary

    /// Parses the page templates.
    ///
    /// - Throws: the parser's error, for a template of ours that is malformed.
    package init() throws {
        library = try PageTemplates.parsed()
    }

    /// The body of the answer, in UTF-8, for `format.contentType`.
    ///
    /// - Parameters:
    ///   - path: where this report is served, for the links to other forms and ranges.
    ///   - onlyShip: the ship's name when the report is of one ship rather than of the fleet.
    package func render(
        _ report: FleetReport,
        as format: ReportFormat,
        path: String,
        onlyShip: String?
    ) throws -> String {
        switch format {
        case .html:
            let page = ReportPage(report, path: path, onlyShip: onlyShip)
            return PageTemplates.page("report", page, in: library)
        case .json: return ReportJSON.render(report)
        case .csv: return ReportCSV.render(report)
        case .text: return ReportText.render(report, onlyShip: onlyShip)
        }
    }
}
