/// Why there is no PostgreSQL for tests.
package struct FixtureError: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
