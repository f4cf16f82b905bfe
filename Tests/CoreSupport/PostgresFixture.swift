import CorePostgres

/// A real PostgreSQL for tests.
///
/// One throw-away cluster for each test process, started when the first test asks; each test has a
/// database of its own, copied from a migrated template. Nothing is left behind, neither process
/// nor file, however the test process ends.
package enum PostgresFixture {
    // One for the process: tests have no composition root that could hand it to them.
    private static let cluster = ThrowawayCluster()

    /// Lends a migrated database, and drops it afterwards, cutting whatever is still connected.
    ///
    /// - Parameter migrations: What the template is made with; the same list is migrated once.
    @discardableResult
    package static func withDatabase<Value>(
        migrations: [Migration],
        _ body: (TestDatabase) async throws -> Value
    ) async throws -> Value {
        let database = try await cluster.makeDatabase(migrations: migrations)
        do {
            let value = try await body(database)
            await cluster.drop(database)
            return value
        } catch {
            await cluster.drop(database)
            throw error
        }
    }
}
