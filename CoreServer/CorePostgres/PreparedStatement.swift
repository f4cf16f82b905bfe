/// One variant of a statement as a connection has prepared it.
///
/// Nearly every statement has one. A second comes to be when a parameter was null or text at
/// first, so that PostgreSQL chose its type, and a value of another type comes later.
struct PreparedStatement {
    /// The name on the server.
    let name: String
    let sql: String
    /// What was asked for, and for nulls what PostgreSQL chose.
    let types: [PostgresType]

    func accepts(_ values: [PostgresValue]) -> Bool {
        guard values.count == types.count else { return false }
        return zip(values, types).allSatisfy { value, type in
            // Text is read by any type's own parser, and null has none.
            value.type == .inferred || value.type == type
        }
    }
}
