/// Gives work a time to be done in, whatever it waits for.
package enum Deadline {
    /// The time was over before the work was done; the work was cancelled.
    package struct Passed: Error, CustomStringConvertible {
        package let limit: Duration

        package var description: String { "it took longer than \(limit)" }
    }

    /// - Throws: `Passed`, or what `body` throws. `body` must end when its task is cancelled.
    package static func run<Result: Sendable>(
        within limit: Duration,
        _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        try await withThrowingTaskGroup(of: Result.self) { group in
            defer { group.cancelAll() }
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw Passed(limit: limit)
            }
            guard let result = try await group.next() else { throw Passed(limit: limit) }
            return result
        }
    }
}
