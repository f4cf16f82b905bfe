import CorePostgres

extension Statement {
    /// For a test's own text, which nobody needs to find again: named by its hash.
    init(sql: String) {
        self.init("test_\(UInt(bitPattern: sql.hashValue))", sql)
    }
}
