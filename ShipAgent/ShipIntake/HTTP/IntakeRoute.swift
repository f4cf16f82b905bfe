import NIOHTTP1

/// One thing that can be asked of the listener. Routes are values: who has something to take in
/// makes one, and the composition root hands all of them to `HTTPIntake`.
package struct IntakeRoute: Sendable {
    package let method: HTTPMethod
    /// Compared whole: no patterns.
    package let path: String
    /// Bytes of the body as sent; more are refused before they are read.
    package let bodyLimit: Int
    /// Answers; what it throws becomes a problem: an `IntakeProblem` as it is, a full or busy store
    /// 503, anything else 500.
    package let handle: @Sendable (IntakeRequest) async throws -> IntakeResponse

    package init(
        _ method: HTTPMethod,
        _ path: String,
        bodyLimit: Int,
        handle: @escaping @Sendable (IntakeRequest) async throws -> IntakeResponse
    ) {
        self.method = method
        self.path = path
        self.bodyLimit = bodyLimit
        self.handle = handle
    }
}
