import CorePostgres
import FleetModel
import Synchronization
import Testing

@testable import CoreRegistry

/// Writers of one tenant share transactions, and nothing else.
@Suite(.timeLimit(.minutes(10)))
struct TransactionCombinerTests {
    /// Batches as they were run, the first held up until it is let go.
    private final class Recorder: Sendable {
        let batches = Mutex<[[Int]]>([])
        private let gate = AsyncStream<Void>.makeStream()

        func open() { gate.continuation.finish() }

        func record(_ items: [Int]) async {
            let isFirst = batches.withLock { batches in
                batches.append(items)
                return batches.count == 1
            }
            guard isFirst else { return }
            for await _ in gate.stream {}
        }

        func waitForFirst() async throws {
            while batches.withLock({ $0.isEmpty }) { try await Task.sleep(for: .milliseconds(1)) }
        }
    }

    private static let tenant = TenantID(7)

    /// Writes 0, and all others once that is under way.
    private static func outcomes(
        _ items: [Int],
        weightLimit: Int = 100,
        _ recorder: Recorder,
        _ work: @escaping @Sendable ([Int]) throws -> [Result<Int, any Error>]
    ) async throws -> [Int: Result<Int, any Error>] {
        let combiner = TransactionCombiner<Int, Int>(weightLimit: weightLimit) { batch, _ in
            await recorder.record(batch)
            return try work(batch)
        }
        let tenant = tenant
        typealias Outcome = (Int, Result<Int, any Error>)
        return try await withThrowingTaskGroup(of: Outcome.self) { group in
            for (order, item) in ([0] + items).enumerated() {
                group.addTask {
                    do {
                        let value = try await combiner.run(item, of: tenant)
                        return (item, Result<Int, any Error>.success(value))
                    } catch {
                        return (item, Result<Int, any Error>.failure(error))
                    }
                }
                if order == 0 { try await recorder.waitForFirst() }
            }
            // All of them wait by then: what holds the first up is opened last.
            while combiner.waitingCount(of: tenant) < items.count {
                try await Task.sleep(for: .milliseconds(1))
            }
            recorder.open()
            var found: [Int: Result<Int, any Error>] = [:]
            for try await (item, outcome) in group { found[item] = outcome }
            return found
        }
    }

    @Test func `who comes while one is under way goes into the next together`() async throws {
        let recorder = Recorder()
        let found = try await Self.outcomes(Array(1...10), recorder) { batch in
            batch.map { .success($0 * 2) }
        }
        #expect(recorder.batches.withLock { $0.map(\.count) } == [1, 10])
        for (item, outcome) in found { #expect(try outcome.get() == item * 2) }
        #expect(found.count == 11)
    }

    @Test func `a batch is no larger than it may be`() async throws {
        let recorder = Recorder()
        _ = try await Self.outcomes(Array(1...10), weightLimit: 4, recorder) { batch in
            batch.map { .success($0) }
        }
        #expect(recorder.batches.withLock { $0.map(\.count) } == [1, 4, 4, 2])
    }

    @Test func `one whose write fails is told so, and the others are written`() async throws {
        let recorder = Recorder()
        let found = try await Self.outcomes([1, 2, 3], recorder) { batch in
            guard !batch.contains(2) else { throw RegistryError.invalid("two") }
            return batch.map { .success($0) }
        }
        #expect(throws: RegistryError.self) { try found[2]?.get() }
        #expect(try found[1]?.get() == 1)
        #expect(try found[3]?.get() == 3)
    }

    @Test func `what may have been written is never written again`() async throws {
        let recorder = Recorder()
        let found = try await Self.outcomes([1, 2, 3], recorder) { batch in
            guard batch == [0] else { throw PostgresError(.commitOutcomeUnknown, "lost") }
            return batch.map { .success($0) }
        }
        #expect(recorder.batches.withLock { $0.map(\.count) } == [1, 3])
        for item in 1...3 {
            #expect {
                try found[item]?.get()
            } throws: {
                ($0 as? PostgresError)?.code == .commitOutcomeUnknown
            }
        }
    }
}
