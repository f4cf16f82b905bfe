/// The page for a request that failed, where a program would get problem details (RFC 9457).
package struct ProblemPage: Sendable {
    private let status: Int
    private let heading: String
    private let detail: String

    package static func render(status: Int, title: String, detail: String) -> String {
        let page = Self(status: status, heading: title.printable, detail: detail.printable)
        return PageTemplates.page("problem", page, in: PageTemplates.library)
    }
}
