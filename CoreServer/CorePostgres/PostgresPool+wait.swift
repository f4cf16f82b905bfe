import Synchronization

extension PostgresPool {
    /// Sleeps until a connection is handed over, the time is up, or the task is cancelled.
    func wait(
        as waiter: PoolMachine.WaiterID,
        until deadline: ContinuousClock.Instant
    ) async throws -> Lease {
        try await withTaskGroup(of: Void.self, returning: Result<Lease, any Error>.self) { group in
            group.addTask {
                // Throws when the wait is over, or was cancelled.
                guard (try? await Task.sleep(until: deadline, clock: .continuous)) != nil else {
                    return
                }
                self.leave(
                    waiter,
                    PostgresError(.poolBusy, "No database connection became free in time")
                )
            }
            let outcome: Result<Lease, any Error>
            do {
                outcome = .success(try await self.handover(to: waiter))
            } catch {
                outcome = .failure(error)
            }
            group.cancelAll()
            return outcome
        }.get()
    }

    private func handover(to waiter: PoolMachine.WaiterID) async throws -> Lease {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: Waiter) in
                let outcome = state.withLock { state in
                    let outcome = state.outcomes.removeValue(forKey: waiter)
                    if outcome == nil { state.waiters[waiter] = continuation }
                    return outcome
                }
                if let outcome { continuation.resume(with: outcome) }
            }
        } onCancel: {
            leave(waiter, CancellationError())
        }
    }

    /// Ends a wait without a connection, unless it has just got one.
    private func leave(_ waiter: PoolMachine.WaiterID, _ error: any Error) {
        let wakeup = state.withLock { state in
            state.machine.waiterLeft(waiter) ? state.settle(waiter, .failure(error)) : nil
        }
        wakeup?()
    }
}
