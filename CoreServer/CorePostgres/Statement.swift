/// One SQL statement with a name, written once as a constant.
///
/// A connection prepares it at its first use under this name, so the name is what
/// `pg_prepared_statements`, errors and slow-query reports show. Two statements of one program
/// never share a name; a connection refuses the second.
package struct Statement: Sendable, Hashable {
    /// `snake_case`, at most 60 bytes, so that a variant's suffix still fits PostgreSQL's 63.
    package let name: String
    /// One statement with `$1`, `$2`, … where values go. Values are never written into it.
    package let sql: String

    package init(_ name: String, _ sql: String) {
        precondition(
            !name.isEmpty && name.utf8.count <= 60,
            "a statement's name has 1 to 60 bytes"
        )
        self.name = name
        self.sql = sql
    }
}
