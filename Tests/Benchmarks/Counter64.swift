import Synchronization

/// Numbers that never come twice.
final class Counter64: Sendable {
    private let value = Atomic<Int>(0)

    func next() -> Int { value.add(1, ordering: .relaxed).newValue }
}
