import FleetModel
import FleetTestSupport
import Testing

struct BackoffTests {
    @Test func `delays lie between half and all of a doubling that ends at the ceiling`() {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "delays"))
        var backoff = Backoff(floor: .milliseconds(100), ceiling: .seconds(5))
        var whole = Duration.milliseconds(100)
        for _ in 0..<1000 {
            let delay = backoff.next(random: Double.random(in: 0..<1, using: &generator))
            #expect(delay >= whole / 2 && delay <= whole)
            whole = min(whole * 2, .seconds(5))
        }
    }

    @Test func `after a success it begins anew`() {
        var backoff = Backoff(floor: .seconds(1), ceiling: .seconds(60))
        for _ in 0..<10 { _ = backoff.next(random: 0) }
        backoff.reset()
        #expect(backoff.next(random: 0) == .milliseconds(500))
    }
}
