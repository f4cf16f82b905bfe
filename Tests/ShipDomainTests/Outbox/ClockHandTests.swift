import FleetModel
import FleetRuntime
import ShipDomain
import Synchronization
import Testing

struct ClockHandTests {
    @Test func `a clock that is set is told from one that goes`() {
        let wall = Mutex(Timestamp(seconds: 1_000_000))
        let passed = Mutex(Duration.zero)
        let hand = ClockHand(WallClock { wall.withLock { $0 } }, steady: { passed.withLock { $0 } })
        passed.withLock { $0 = .seconds(3600) }
        wall.withLock { $0 = $0 + .seconds(3600) }
        #expect(hand.jump() == .zero)
        wall.withLock { $0 = $0 - .seconds(86_400) }
        #expect(hand.jump() == .seconds(-86_400))
        wall.withLock { $0 = $0 + .seconds(2 * 86_400) }
        #expect(hand.jump() == .seconds(86_400))
    }
}
