import FleetTestSupport
import Testing

@testable import ShipIntake

struct MemoryBudgetTests {
    @Test
    func `who waits for room gets it in the order of coming`() async throws {
        let budget = MemoryBudget(limit: 10)
        #expect(budget.take(10))
        let order = try await withThrowingTaskGroup(of: Int?.self) { group in
            // The large one came first: the small ones behind it would always fit before it.
            for (place, bytes) in [8, 1, 1, 1].enumerated() {
                group.addTask {
                    try await budget.take(bytes, within: .seconds(60)) ? place : nil
                }
                try await eventually("it waits") { budget.waiting == place + 1 }
            }
            budget.give(7)
            #expect(budget.waiting == 4)
            budget.give(1)
            let first = try await group.next()
            #expect(budget.waiting == 3)
            budget.give(8)
            return try await group.reduce(into: [first ?? nil]) { $0.append($1) }
        }
        #expect(order.first == 0)
        #expect(order.compactMap(\.self).sorted() == [0, 1, 2, 3])
        budget.give(5)
        #expect(budget.inUse == 0)
    }

    @Test
    func `a wait ends in time, and those behind it go on`() async throws {
        let budget = MemoryBudget(limit: 10)
        #expect(budget.take(5))
        async let large = budget.take(8, within: .milliseconds(50))
        try await eventually("it waits") { budget.waiting == 1 }
        async let small = budget.take(5, within: .seconds(60))
        #expect(try await large == false)
        #expect(try await small)
        #expect(budget.inUse == 10)
        #expect(try await budget.take(11, within: .seconds(60)) == false)
    }

    @Test
    func `a wait that is cancelled takes nothing`() async throws {
        let budget = MemoryBudget(limit: 10)
        #expect(budget.take(10))
        await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask { try await budget.take(1, within: .seconds(60)) }
            group.cancelAll()
            await #expect(throws: CancellationError.self) { try await group.next() }
        }
        budget.give(10)
        #expect(budget.inUse == 0)
        #expect(budget.waiting == 0)
    }
}
