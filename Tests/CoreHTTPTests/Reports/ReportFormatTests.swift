import CoreDomain
import CoreHTTP
import Testing

@Suite struct ReportFormatTests {
    private static let browser =
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"

    private static let table: [(accept: String?, format: ReportFormat)] = [
        (nil, .json), ("", .json), (" ", .json), ("*/*", .json),
        (browser, .html), ("text/html", .html), ("TEXT/HTML", .html),
        ("text/csv", .csv), ("text/plain", .text), ("text/*", .html), ("application/*", .json),
        ("application/json;charset=utf-8", .json),
        ("text/csv;q=0.5, text/plain;q=0.6", .text),
        ("text/plain, text/csv", .text), ("text/csv, text/plain", .csv),
        ("*/*, text/csv", .csv), ("text/*;q=0.5, application/json;q=0.4", .html),
        // The most specific range counts for a form, whatever a wider one says.
        ("*/*, application/json;q=0", .html), ("text/html;q=0, text/*", .text),
        ("text/csv;q=0.001, image/png", .csv),
        ("text/html ; q=0.1 ,\ttext/csv ; q=0.2", .csv),
        // What is malformed is passed over.
        ("nonsense, text/csv", .csv), ("text/html;q=7, text/csv;q=0.1", .csv),
        ("*/json, text/plain", .text), (",,text/csv,", .csv),
        ("text/html;note=\"a, b; q=0\", text/csv;q=0.9", .html),
    ]

    @Test(arguments: table)
    func `the header decides by its weights`(accept: String?, format: ReportFormat) throws {
        #expect(try ReportFormat.choose(query: nil, accept: accept) == format)
    }

    @Test(arguments: ["image/png", "application/xml;q=0.9", "*/*;q=0", "text/csv;q=0", "nonsense"])
    func `a header that takes none of ours is not acceptable`(accept: String) {
        #expect(throws: NotAcceptable()) {
            try ReportFormat.choose(query: nil, accept: accept)
        }
    }

    @Test(arguments: ReportFormat.allCases)
    func `the query wins over the header`(format: ReportFormat) throws {
        #expect(try ReportFormat.choose(query: format.rawValue, accept: "image/png") == format)
    }

    @Test(arguments: ["", "xml", "JSON", "json "])
    func `a format that there is not is refused with the choices`(query: String) {
        #expect(throws: DomainError(.invalid, "'format' is one of html, json, csv, text")) {
            try ReportFormat.choose(query: query, accept: nil)
        }
    }
}
