/// A condition that did not come true in time.
package struct NeverHappened: Error, CustomStringConvertible {
    /// What was waited for, in the caller's words.
    package let expectation: String
    package let timeout: Duration
    /// What the last attempt threw, if it did.
    package let lastError: String?

    package var description: String {
        "waited \(timeout) for: \(expectation)" + (lastError.map { " (last: \($0))" } ?? "")
    }
}

/// Waits until a condition holds, asking again every few milliseconds.
///
/// A condition that throws counts as not yet true, so that it may talk to a server that is still
/// starting.
///
/// - Parameters:
///   - expectation: what is waited for, as a clause: `the queue is empty`.
///   - timeout: generous, because it is only ever reached by a failing test.
/// - Throws: `NeverHappened`, or `CancellationError`.
package func eventually(
    _ expectation: String,
    timeout: Duration = .seconds(240),
    condition: () async throws -> Bool
) async throws {
    _ = try await eventually(expectation, timeout: timeout) {
        try await condition() ? true : nil
    }
}

/// Waits until there is a value, asking again every few milliseconds; see the other `eventually`.
package func eventually<Value>(
    _ expectation: String,
    timeout: Duration = .seconds(240),
    value: () async throws -> Value?
) async throws -> Value {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: timeout)
    var pause = Duration.milliseconds(1)
    var lastError: String?
    while true {
        do {
            if let value = try await value() { return value }
            lastError = nil
        } catch let error as CancellationError {
            throw error
        } catch {
            lastError = "\(error)"
        }
        guard clock.now < deadline else {
            throw NeverHappened(expectation: expectation, timeout: timeout, lastError: lastError)
        }
        try await clock.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(50))
    }
}
