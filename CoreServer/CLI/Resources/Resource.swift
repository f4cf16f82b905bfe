/// A kind of thing that the API lists, shows, makes, changes and deletes.
protocol Resource: Sendable {
    /// As in `hawser ships`.
    static var plural: String { get }
    static var singular: String { get }
    static var about: String { get }
    /// The member of one by which the path names it.
    static var key: String { get }
    /// Columns of the table: member, heading.
    static var columns: [(member: String, heading: String)] { get }
    /// What `create` takes.
    static var fields: [(name: String, meaning: String)] { get }
    /// What `change` takes; none where it can't be changed.
    static var changeableFields: [(name: String, meaning: String)] { get }
    static var canBeDeleted: Bool { get }
    /// The member that is shown once, when it is made.
    static var secret: String? { get }
}

extension Resource {
    static var canBeDeleted: Bool { true }
    static var secret: String? { nil }

    static func path(of name: String) -> String { "\(plural)/\(ShoreClient.encoded(name))" }
}
