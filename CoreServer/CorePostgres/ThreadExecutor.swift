import Dispatch
import Foundation
import Synchronization

/// Runs an actor's jobs on one thread of its own, so that a blocking C library holds up nobody else.
///
/// The thread ends when the executor goes.
package final class ThreadExecutor: SerialExecutor {
    private let queue = JobQueue()

    package init(name: String) {
        let thread = Thread { [queue] in queue.run() }
        thread.name = name
        thread.stackSize = PostgresLimits.threadStackBytes
        thread.start()
    }

    deinit {
        queue.close()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        queue.append(UnownedJob(job), for: asUnownedSerialExecutor())
    }
}

/// The jobs that wait, and the loop that runs them.
private final class JobQueue: Sendable {
    private struct Entry {
        let job: UnownedJob
        // Unowned is enough: a job keeps its actor alive, and the actor its executor.
        let executor: UnownedSerialExecutor
    }

    private struct State {
        var entries: [Entry] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)

    func append(_ job: UnownedJob, for executor: UnownedSerialExecutor) {
        state.withLock { $0.entries.append(Entry(job: job, executor: executor)) }
        arrivals.signal()
    }

    func close() {
        state.withLock { $0.isClosed = true }
        arrivals.signal()
    }

    func run() {
        while true {
            arrivals.wait()
            let (entry, isClosed) = state.withLock { state in
                (state.entries.isEmpty ? nil : state.entries.removeFirst(), state.isClosed)
            }
            if let entry {
                entry.job.runSynchronously(on: entry.executor)
            } else if isClosed {
                return
            }
        }
    }
}
