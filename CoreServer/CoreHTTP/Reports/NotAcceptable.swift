/// The client's `Accept` header takes none of the forms that we have: status 406.
package struct NotAcceptable: Error, Sendable, Equatable, CustomStringConvertible {
    package init() {}

    package var description: String {
        let types = ReportFormat.allCases.map { "\($0.mediaType.type)/\($0.mediaType.subtype)" }
        return "a report can be had as \(types.joined(separator: ", "))"
    }
}
