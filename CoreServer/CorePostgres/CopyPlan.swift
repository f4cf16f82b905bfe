/// What a connection found out about a table when it first copied into it.
struct CopyPlan {
    struct Column {
        let name: String
        let type: PostgresType
    }

    /// How the rows get there.
    enum Way {
        case copy
        /// Many rows to an INSERT: COPY refuses tables with row security, and knows no ON CONFLICT.
        case insert
    }

    /// Quoted, with its schema.
    let table: String
    let columns: [Column]
    let way: Way
    let ignoresDuplicates: Bool

    var columnList: String { Identifier.list(columns.map(\.name)) }

    /// Rows to one INSERT: enough to make the round trip cheap, with fewer than the protocol's
    /// 65,535 parameters.
    var rowsPerInsert: Int { min(128, 65_535 / columns.count) }

    var copyStatement: String {
        "COPY \(table) (\(columnList)) FROM STDIN (FORMAT binary)"
    }

    /// The INSERT of so many rows; its name tells tables and shapes apart.
    func insertStatement(rowCount: Int) -> Statement {
        var number = 0
        let rows = (0..<rowCount).map { _ in
            let parameters = columns.map { _ in
                number += 1
                return "$\(number)"
            }
            return "(\(parameters.joined(separator: ", ")))"
        }
        let conflict = ignoresDuplicates ? " ON CONFLICT DO NOTHING" : ""
        return Statement(
            "insert_many",
            "INSERT INTO \(table) (\(columnList)) VALUES \(rows.joined(separator: ", "))\(conflict)"
        )
    }
}
