import FleetRuntime
import Logging
import Testing

@Suite struct ThrottleTests {
    private let start = ContinuousClock.now

    @Test func `one line per interval is let through, and says how many were not`() {
        let throttle = Throttle(every: .seconds(60))

        #expect(throttle.admit(at: start) == 0)
        #expect(throttle.admit(at: start.advanced(by: .seconds(1))) == nil)
        #expect(throttle.admit(at: start.advanced(by: .seconds(59))) == nil)
        #expect(throttle.admit(at: start.advanced(by: .seconds(60))) == 2)
        #expect(throttle.admit(at: start.advanced(by: .seconds(120))) == 0)
    }

    @Test func `a line that the level hides does not use up the interval`() {
        let throttle = Throttle(every: .seconds(60))
        let lines = LogLines()
        let logger = lines.logger("test")

        throttle.log(logger, .debug, "hidden", at: start)
        throttle.log(logger, .error, "first", at: start)
        throttle.log(logger, .error, "held back", at: start)
        throttle.log(logger, .error, "later", at: start.advanced(by: .seconds(61)))

        #expect(lines.all.map { $0.contains("suppressed=1") } == [false, true])
    }
}
