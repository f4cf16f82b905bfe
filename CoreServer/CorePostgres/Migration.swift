/// One step of the schema. A released one never changes.
package struct Migration: Sendable, Hashable {
    /// Counted upwards from 1.
    package let number: Int
    package let title: String
    /// Any number of statements; run in one transaction, so it neither begins nor ends one.
    package let sql: String

    package init(number: Int, title: String, sql: String) {
        self.number = number
        self.title = title
        self.sql = sql
    }
}
