import Testing

/// Runs a core-server for a suite, and ends it.
struct ShoreTrait: SuiteTrait, TestScoping {
    let arguments: [String]

    @concurrent func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await Shore.lend(arguments: arguments) { shore in
            try await Shore.$running.withValue(shore) { try await function() }
        }
    }
}

extension Trait where Self == ShoreTrait {
    /// A core-server for all tests of the suite: `Shore.current()`.
    static var shore: Self { Self(arguments: []) }
}
