/// Who gets which connection of a pool, decided without I/O.
///
/// Connections are numbered from 0. Waiters are served first come, first served; of the free
/// connections the one used last is lent first, so that a quiet pool keeps few of them open.
package struct PoolMachine {
    /// One caller's wait.
    package struct WaiterID: Hashable {
        let rawValue: UInt64
    }

    package enum RequestAction: Equatable {
        case lend(Int)
        case wait(WaiterID)
        case refuseQueueFull
        case refuseClosed
    }

    package enum ReturnAction: Equatable {
        case lend(Int, to: WaiterID)
        case keep
        /// The pool is closed and this was the last one out.
        case finishClosing
    }

    package struct CloseAction: Equatable {
        let waiters: [WaiterID]
        /// Whether nothing is lent any more.
        let isFinished: Bool

        package init(waiters: [WaiterID], isFinished: Bool) {
            self.waiters = waiters
            self.isFinished = isFinished
        }
    }

    private let size: Int
    private let waiterLimit: Int
    private var free: [Int]
    private var waiters: [WaiterID] = []
    private var nextWaiter: UInt64 = 0
    private var isClosed = false

    package init(size: Int, waiterLimit: Int) {
        self.size = size
        self.waiterLimit = waiterLimit
        free = Array((0..<size).reversed())
    }

    package var lentCount: Int { size - free.count }
    package var waiterCount: Int { waiters.count }

    package mutating func connectionRequested() -> RequestAction {
        guard !isClosed else { return .refuseClosed }
        if let connection = free.popLast() { return .lend(connection) }
        guard waiters.count < waiterLimit else { return .refuseQueueFull }
        let waiter = WaiterID(rawValue: nextWaiter)
        nextWaiter += 1
        waiters.append(waiter)
        return .wait(waiter)
    }

    package mutating func connectionReturned(_ connection: Int) -> ReturnAction {
        precondition(!free.contains(connection), "a connection was returned twice")
        guard !isClosed, !waiters.isEmpty else {
            free.append(connection)
            return isClosed && lentCount == 0 ? .finishClosing : .keep
        }
        return .lend(connection, to: waiters.removeFirst())
    }

    /// A waiter was cancelled or its time was up. Returns whether it still waited.
    package mutating func waiterLeft(_ waiter: WaiterID) -> Bool {
        guard let index = waiters.firstIndex(of: waiter) else { return false }
        waiters.remove(at: index)
        return true
    }

    package mutating func closeRequested() -> CloseAction {
        isClosed = true
        defer { waiters = [] }
        return CloseAction(waiters: waiters, isFinished: lentCount == 0)
    }
}
