/// Where a call came from, for the error it may end in.
struct CallSite: Sendable {
    var statement: String?
    let file: String
    let line: Int
}
