import Testing

/// Runs a core-server for a suite that believes a provider's tokens for the tenant `blue`.
struct ProviderTrait: SuiteTrait, TestScoping {
    @concurrent func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        try await PaperProvider.lend(tenant: "blue") { provider, configuration in
            try await Shore.lend(arguments: ["--config", configuration]) { shore in
                try await Shore.$running.withValue(shore) {
                    try await PaperProvider.$lent.withValue(provider) { try await function() }
                }
            }
        }
    }
}

extension Trait where Self == ProviderTrait {
    /// A core-server and an identity provider: `Shore.current()`, `PaperProvider.current()`.
    static var shoreWithProvider: Self { Self() }
}
