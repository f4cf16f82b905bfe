import CoreMigrations
import CorePostgres

extension PostgresFixture {
    /// The schema that core-server works on.
    package static let schema = CoreMigrations.files.map {
        Migration(number: $0.number, title: $0.title, sql: $0.sql)
    }
}
