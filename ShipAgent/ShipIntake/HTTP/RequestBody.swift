import NIOCore

/// A request's body as far as it is read, and what it has taken from the budget.
struct RequestBody {
    private(set) var buffer = ByteBuffer()
    /// Whether nothing of the request is left on the connection.
    var isWhole = false
    private var taken = 0
    private let budget: MemoryBudget

    init(_ budget: MemoryBudget) {
        self.budget = budget
    }

    /// Makes room for `bytes` in all, waiting for it if need be.
    mutating func makeRoom(for bytes: Int) async throws -> Bool {
        guard bytes > taken else { return true }
        guard try await budget.take(bytes - taken, within: IntakeLimits.roomWait) else {
            return false
        }
        taken = bytes
        return true
    }

    mutating func reserve(_ bytes: Int) {
        buffer.reserveCapacity(bytes)
    }

    mutating func append(_ part: ByteBuffer) {
        var part = part
        buffer.writeBuffer(&part)
    }

    mutating func giveBack() {
        buffer = ByteBuffer()
        budget.give(taken)
        taken = 0
    }
}
