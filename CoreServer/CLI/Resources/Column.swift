/// Of a table: a member of each thing, and what stands over it.
struct Column: Sendable {
    let member: String
    let heading: String

    init(_ member: String, _ heading: String) {
        self.member = member
        self.heading = heading
    }
}
