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
    /// Whether `change` gives it anew, with what it has for the rest.
    static var isGivenWhole: Bool { get }
    /// What `list` takes.
    static var filters: [Field] { get }
    /// The member that is shown once, when it is made.
    static var secret: String? { get }
}

extension Resource {
    static var canBeDeleted: Bool { true }
    static var isGivenWhole: Bool { false }
    static var filters: [Field] { [] }
    static var secret: String? { nil }

    static func path(of name: String) -> String { "\(plural)/\(ShoreClient.encoded(name))" }
}
