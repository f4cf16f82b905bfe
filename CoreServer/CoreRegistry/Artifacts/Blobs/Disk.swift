import Dispatch

/// Where calls wait for a disk: not on the threads that everything else shares.
enum Disk {
    private static let queue = DispatchQueue(label: "hawser.disk", attributes: .concurrent)

    static func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: work)) }
        }
    }
}
