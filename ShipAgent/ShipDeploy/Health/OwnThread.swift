import Dispatch

/// Work that blocks or takes a processor for long, off the few threads that everything else shares.
enum OwnThread {
    private static let queue = DispatchQueue(
        label: "hawser.deploy",
        qos: .utility,
        attributes: .concurrent
    )

    static func run<Result: Sendable>(
        _ work: @Sendable @escaping () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }
}
