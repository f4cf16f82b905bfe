/// A kind of thing that the API lists, shows, makes, changes and deletes.
protocol Resource: Sendable {
    /// As in `hawser ships`.
    static var plural: String { get }
    static var singular: String { get }
    static var about: String { get }
    /// Of the table.
    static var columns: [Column] { get }
    /// What `create` takes.
    static var fields: [Field] { get }
    /// What `change` takes; none where it can't be changed.
    static var changeableFields: [Field] { get }
    static var canBeDeleted: Bool { get }
    /// The member that is shown once, when it is made.
    static var secret: String? { get }
}

extension Resource {
    static var canBeDeleted: Bool { true }
    static var secret: String? { nil }

    static func path(of name: String) -> String { "\(plural)/\(ShoreClient.encoded(name))" }
}
