import CorePostgres

/// The SQL of one search. Its text is put together from the subject's own expressions; whatever a
/// caller wrote travels as a value.
struct SearchQuery {
    private let subject: SearchSubject
    private var conditions: [String] = []
    private var joins: [String] = []
    private var order: [String] = []
    private(set) var values: [PostgresValue] = []

    /// What is searched, where it is not the subject's table.
    private var source: String?

    init(_ subject: SearchSubject) { self.subject = subject }

    /// A condition of the program's own, with `$?` where its values go.
    mutating func require(_ condition: String, _ bound: PostgresValue...) {
        conditions.append(filled(condition, bound))
    }

    /// Searches less than the subject's table: rows under the same names, with `$?` where values go.
    mutating func search(in source: String, _ bound: PostgresValue...) {
        self.source = filled(source, bound)
    }

    private mutating func filled(_ condition: String, _ bound: [PostgresValue]) -> String {
        var text = ""
        var values = bound[...]
        for (index, part) in condition.split(separator: "$?", omittingEmptySubsequences: false)
            .enumerated()
        {
            if index > 0, let value = values.popFirst() { text += bind(value) }
            text += part
        }
        return text
    }

    private mutating func bind(_ value: PostgresValue) -> String {
        values.append(value)
        return "$\(values.count)"
    }

    private mutating func bind(text: String) throws(RegistryError) -> String {
        try RegistryText.checkStorable(text, "filter")
        return bind(.text(text)) + "::text"
    }

    // MARK: Filters

    /// - Throws: `RegistryError` `invalid`.
    mutating func filter(_ filter: String?) throws(RegistryError) {
        for clause in try SearchParser.clauses(of: filter) { try add(clause) }
    }

    mutating func add(_ clause: SearchClause) throws(RegistryError) {
        guard let entity = clause.entity, !subject.attributeNames.contains(entity) else {
            try add(attribute: clause)
            return
        }
        if let datasets = subject.datasets, datasets.names.contains(entity) {
            try add(dataset: clause, datasets)
            return
        }
        guard let side = subject.sides.first(where: { $0.names.contains(entity) }) else {
            let valid = (subject.sides.map { $0.names[0] } + ["attribute"]).sorted()
            throw .invalid(
                "Invalid entity type '\(entity)'. Valid values are \(valid.joined(separator: ", "))"
            )
        }
        try add(clause, side)
    }

    private mutating func add(attribute clause: SearchClause) throws(RegistryError) {
        guard let attribute = subject.attribute(clause.key), attribute.canFilter else {
            throw .invalid(
                "Invalid attribute key '\(clause.key)' specified. Valid keys are "
                    + "'{\(subject.validKeys)}'"
            )
        }
        let expression = attribute.expression
        switch attribute.kind {
        case .text(let allowsList):
            if case .among = clause.test, !allowsList { throw unsupported(clause) }
            conditions.append(try textTest(clause, expression))
        case .number, .integer:
            guard case .compare(let comparison, .number(let text)) = clause.test,
                comparison != .like, comparison != .ilike, let number = Double(text)
            else {
                throw .invalid(
                    "Expected numeric value type for numeric attribute: \(clause.key)"
                )
            }
            if case .integer = attribute.kind, Int64(text) == nil {
                throw .invalid("Expected integer value type for attribute: \(clause.key)")
            }
            conditions.append("\(expression) \(comparison.sql) \(bind(.double(number)))")
        }
    }

    private mutating func add(
        _ clause: SearchClause,
        _ side: SearchSubject.Side
    ) throws(RegistryError) {
        let key = try bind(text: clause.key)
        let found = "SELECT FROM \(side.table) AS s WHERE \(side.join) AND s.key = \(key)"
        if case .null(let isNegated) = clause.test {
            guard side.canBeNull else { throw unsupported(clause) }
            conditions.append("\(isNegated ? "" : "NOT ")EXISTS (\(found))")
            return
        }
        guard side.isNumeric else {
            if case .among = clause.test { throw unsupported(clause) }
            conditions.append("EXISTS (\(found) AND \(try textTest(clause, "s.value")))")
            return
        }
        guard case .compare(let comparison, .number(let text)) = clause.test,
            comparison != .like, comparison != .ilike, let number = Double(text)
        else { throw .invalid("Expected numeric value type for metric: \(clause.key)") }
        // To PostgreSQL, NaN is greater than all; to everybody else it compares with nothing.
        let isNumber = comparison == .notEqual ? "" : " AND s.value <> 'NaN'"
        conditions.append(
            "EXISTS (\(found)\(isNumber) AND s.value \(comparison.sql) \(bind(.double(number))))"
        )
    }

    private mutating func add(
        dataset clause: SearchClause,
        _ datasets: SearchSubject.Side
    ) throws(RegistryError) {
        guard ["name", "digest", "context"].contains(clause.key) else {
            throw .invalid(
                "Invalid dataset attribute key '\(clause.key)' specified. Valid keys are "
                    + "'{'context', 'digest', 'name'}'"
            )
        }
        if case .null = clause.test { throw unsupported(clause) }
        let test = try textTest(clause, "s.\(clause.key)")
        conditions.append(
            "EXISTS (SELECT FROM \(datasets.table) AS s WHERE \(datasets.join) AND \(test))"
        )
    }

    private mutating func textTest(
        _ clause: SearchClause,
        _ expression: String
    ) throws(RegistryError) -> String {
        switch clause.test {
        case .null: throw unsupported(clause)
        case .among(let texts, let isNegated):
            for text in texts { try RegistryText.checkStorable(text, "filter") }
            let list = bind(.textArray(texts))
            return isNegated
                ? "\(expression) <> ALL (\(list)::text[])" : "\(expression) = ANY (\(list)::text[])"
        case .compare(let comparison, .text(let text)):
            let value = try bind(text: text)
            switch comparison {
            case .equal:
                // The beginning is what an index has.
                return expression == "s.value"
                    ? "(s.value = \(value) AND left(s.value, 128) = left(\(value), 128))"
                    : "\(expression) = \(value)"
            case .notEqual: return "\(expression) <> \(value)"
            // No character escapes another there.
            case .like: return "\(expression) LIKE \(value) ESCAPE ''"
            case .ilike: return "\(expression) ILIKE \(value) ESCAPE ''"
            default: throw unsupported(clause)
            }
        case .compare:
            throw .invalid(
                "Expected a quoted string value for \(clause.entity ?? "attribute") "
                    + "'\(clause.key)' (e.g. 'my-value')"
            )
        }
    }

    private func unsupported(_ clause: SearchClause) -> RegistryError {
        .invalid("Invalid comparator for '\(clause.key)': it can't be searched so")
    }

    // MARK: Order

    /// - Throws: `RegistryError` `invalid`.
    mutating func order(by clauses: [String]) throws(RegistryError) {
        guard clauses.count <= 20 else { throw .invalid("order_by has at most 20 clauses") }
        var seen: Set<String> = []
        for text in clauses {
            let (entity, key, isAscending) = try SearchParser.order(text)
            guard seen.insert("\(entity ?? "attribute").\(key)").inserted else {
                throw .invalid("`order_by` contains duplicate fields: \(clauses)")
            }
            try order(by: entity, key, isAscending: isAscending)
        }
    }

    mutating func order(
        by entity: String?,
        _ key: String,
        isAscending: Bool
    ) throws(RegistryError) {
        let direction = isAscending ? "ASC" : "DESC"
        guard let entity, !subject.attributeNames.contains(entity) else {
            guard let attribute = subject.attribute(key), attribute.canOrder else {
                throw .invalid("Invalid order_by key '\(key)' specified")
            }
            order.append("\(attribute.expression) \(direction) NULLS LAST")
            return
        }
        guard
            let side = subject.sides.first(where: { $0.names.contains(entity) && $0.canOrder })
        else { throw .invalid("Invalid order_by entity '\(entity)'") }
        let name = "o\(joins.count + 1)"
        let join = side.join.replacing("s.", with: "\(name).")
        joins.append(
            "LEFT JOIN \(side.table) AS \(name) ON \(join) AND \(name).key = \(try bind(text: key))"
        )
        order.append("\(name).value IS NULL")
        // NaN stands behind the numbers in both directions.
        if side.isNumeric { order.append("\(name).value = 'NaN'") }
        order.append("\(name).value \(direction)")
    }

    // MARK: The whole

    /// What rows of one answer have together, but for the first: a page ends sooner where they are long.
    static let pageBytes = 16 * 1024 * 1024

    /// One row more than a page holds, if there are as many; what goes beyond `pageBytes` stays with the
    /// database, and every row says in `found_count` how many there are of it all. A window leaves rows in
    /// the order in which they come.
    ///
    /// - Parameter columns: of the subject's row.
    mutating func statement(
        _ name: String,
        columns: String,
        limit: Int,
        offset: Int
    ) -> Statement {
        let terms = (order + [subject.lastOrder]).joined(separator: ", ")
        let limits = (bind(.int64(Int64(limit))), bind(.int64(Int64(offset))))
        let text = """
            SELECT * FROM (
                SELECT found.*, count(*) OVER () AS found_count,
                    sum(pg_column_size(found)) OVER (ROWS UNBOUNDED PRECEDING)
                        - pg_column_size(found) AS bytes_before
                FROM (
                    SELECT \(columns)
                    FROM \(([source ?? subject.table] + joins).joined(separator: " "))
                    WHERE \(conditions.isEmpty ? "true" : conditions.joined(separator: " AND "))
                    ORDER BY \(terms)
                    LIMIT \(limits.0) OFFSET \(limits.1)
                ) AS found
            ) AS page
            WHERE bytes_before < \(Self.pageBytes)
            """
        return Statement(name, text)
    }
}

extension SearchClause.Operator {
    fileprivate var sql: String { self == .notEqual ? "<>" : rawValue }
}
