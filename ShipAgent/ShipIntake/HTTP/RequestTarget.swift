/// A request's target, taken apart: path and query. Nothing is decoded; our paths need none.
struct RequestTarget: Sendable {
    let whole: String
    let path: String
    let query: String

    init(_ uri: String) {
        whole = uri
        guard let mark = uri.firstIndex(of: "?") else {
            path = uri
            query = ""
            return
        }
        path = String(uri[..<mark])
        query = String(uri[uri.index(after: mark)...])
    }
}
