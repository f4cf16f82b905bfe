import CorePostgres
import FleetModel
import Synchronization

/// Puts what several callers of one tenant want at the same time into one transaction.
///
/// A transaction costs its round trips, and the disk's answer to COMMIT, however little it reads or writes;
/// and changes of one tenant wait for one another anyway, since the audit is a chain. Whoever comes while
/// one is under way goes into the next one, together with all who wait by then: nobody waits for company,
/// and nobody reads from before they asked.
///
/// One caller's failure is no other's: a batch that fails as a whole has changed nothing, and each of it
/// is tried by itself.
final class TransactionCombiner<Item: Sendable, Value: Sendable>: Sendable {
    /// Runs one transaction: an outcome for each item, or an error where nothing of all was written.
    typealias Work = @Sendable ([Item], TenantID) async throws -> [Result<Value, any Error>]

    private struct Waiter {
        let item: Item
        let weight: Int
        let continuation: CheckedContinuation<Value, any Error>
    }

    /// Those who wait, by tenant; a tenant is here while a transaction of its is under way.
    private let queues = Mutex<[TenantID: [Waiter]]>([:])
    private let weightLimit: Int
    private let work: Work

    /// - Parameter weightLimit: of a batch of several; what weighs more goes by itself.
    init(weightLimit: Int, _ work: @escaping Work) {
        self.weightLimit = weightLimit
        self.work = work
    }

    /// - Parameter weight: how much work the item is, in rows or so.
    func run(_ item: Item, weight: Int = 1, of tenant: TenantID) async throws -> Value {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            let waiter = Waiter(item: item, weight: weight, continuation: continuation)
            let isFirst = queues.withLock { queues in
                let isFirst = queues[tenant] == nil
                queues[tenant, default: []].append(waiter)
                return isFirst
            }
            guard isFirst else { return }
            // Of its own, not the caller's: others' items are in it, which the caller's end must not
            // end. It lasts while somebody waits for it.
            Task { await self.work(through: tenant) }
        }
    }

    /// How many wait for what is under way.
    func waitingCount(of tenant: TenantID) -> Int { queues.withLock { $0[tenant]?.count ?? 0 } }

    private func work(through tenant: TenantID) async {
        while let batch = next(of: tenant) { await run(batch, of: tenant) }
    }

    /// Those who are next; `nil` once nobody waits any more.
    private func next(of tenant: TenantID) -> [Waiter]? {
        queues.withLock { queues in
            guard var waiting = queues[tenant], !waiting.isEmpty else {
                queues[tenant] = nil
                return nil
            }
            var (count, weight) = (0, 0)
            for waiter in waiting {
                weight += waiter.weight
                guard count == 0 || weight <= weightLimit else { break }
                count += 1
            }
            let batch = Array(waiting.prefix(count))
            waiting.removeFirst(count)
            queues[tenant] = waiting
            return batch
        }
    }

    private func run(_ batch: [Waiter], of tenant: TenantID) async {
        let failure: any Error
        do {
            let outcomes = try await work(batch.map(\.item), tenant)
            precondition(outcomes.count == batch.count, "each item has an outcome")
            for (waiter, outcome) in zip(batch, outcomes) {
                waiter.continuation.resume(with: outcome)
            }
            return
        } catch {
            failure = error
        }
        guard batch.count > 1, Self.isOfOne(failure) else {
            for waiter in batch { waiter.continuation.resume(throwing: failure) }
            return
        }
        for waiter in batch { await run([waiter], of: tenant) }
    }

    /// Whether the failure may be one item's alone, and nothing was written for certain.
    private static func isOfOne(_ failure: any Error) -> Bool {
        guard let error = failure as? PostgresError else { return true }
        return !error.isRetryable && error.code != .commitOutcomeUnknown
            && error.code != .poolClosed && error.code != .connectionFailed
    }
}
