/// What can be searched, by what, and in which order: the one description of each of MLflow's searches.
struct SearchSubject: Sendable {
    /// What an attribute is compared as.
    enum Kind: Sendable {
        /// `=`, `!=`, LIKE, ILIKE, and IN where it is allowed.
        case text(allowsList: Bool)
        /// All six comparisons with numbers.
        case number
        /// With whole numbers only.
        case integer
    }

    struct Attribute: Sendable {
        /// Every name it goes by.
        let names: [String]
        /// The SQL expression over the subject's row.
        let expression: String
        let kind: Kind
        var canFilter = true
        var canOrder = true
    }

    /// Rows with a key and a value beside the subject's row.
    struct Side: Sendable {
        let names: [String]
        let table: String
        /// What joins a side row `s` to the subject's row.
        let join: String
        /// Whether values are numbers.
        let isNumeric: Bool
        var canOrder = true
        var canBeNull = false
    }

    /// As MLflow's sentences call it.
    let noun: String
    /// With `%`-free aliases: `hawser.runs AS r`.
    let table: String
    let attributeNames: [String]
    let attributes: [Attribute]
    let sides: [Side]
    /// Rows that a key names as a whole: datasets of runs.
    var datasets: Side?
    /// The SQL terms that come last in every order.
    let lastOrder: String

    func attribute(_ name: String) -> Attribute? {
        attributes.first { $0.names.contains(name) }
    }

    var validKeys: String {
        attributes.filter(\.canFilter).map { "'\($0.names[0])'" }.sorted().joined(separator: ", ")
    }
}
