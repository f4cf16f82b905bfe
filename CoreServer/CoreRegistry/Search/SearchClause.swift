/// One condition of a filter, as it was written.
struct SearchClause: Equatable {
    enum Operator: String {
        case equal = "="
        case notEqual = "!="
        case greater = ">"
        case greaterOrEqual = ">="
        case less = "<"
        case lessOrEqual = "<="
        case like = "LIKE"
        case ilike = "ILIKE"
    }

    enum Value: Equatable {
        case text(String)
        case number(String)
    }

    enum Test: Equatable {
        case compare(Operator, Value)
        case among([String], isNegated: Bool)
        case null(isNegated: Bool)
    }

    /// What stands before the first dot; nil for an attribute that is named alone.
    let entity: String?
    let key: String
    let test: Test
}
