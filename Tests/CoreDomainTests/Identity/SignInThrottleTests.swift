import CoreDomain
import FleetModel
import Testing

@Suite struct SignInThrottleTests {
    private let start = Timestamp(milliseconds: 1_795_254_788_000)

    private func wait(
        _ throttle: SignInThrottle,
        _ account: String?,
        _ address: String,
        _ now: Timestamp
    ) -> Int64 {
        do {
            try throttle.check(account: account, address: address, at: now)
            return 0
        } catch {
            return error.seconds
        }
    }

    @Test func `each failure doubles the wait, up to a quarter of an hour`() {
        let throttle = SignInThrottle()
        var now = start
        var waits: [Int64] = []
        for _ in 0..<18 {
            throttle.failed(account: "acme/ada", address: "10.0.0.1", at: now)
            let seconds = wait(throttle, "acme/ada", "10.0.0.1", now)
            waits.append(seconds)
            now = now + .seconds(seconds)
        }
        #expect(waits.prefix(4).allSatisfy { $0 == 0 })
        for (earlier, later) in zip(waits.dropFirst(4), waits.dropFirst(5)) {
            #expect(later >= earlier)
        }
        #expect(waits[4] == 2 && waits[5] == 3 && waits[6] == 5 && waits[7] == 9)
        #expect(waits.last == 901)
    }

    @Test func `nobody is locked out for good: an enemy elsewhere delays by seconds at most`() {
        let throttle = SignInThrottle()
        for number in 0..<10_000 {
            throttle.failed(
                account: "acme/ada",
                address: "10.0.\(number / 250).\(number % 250)",
                at: start
            )
        }
        #expect((1...16).contains(wait(throttle, "acme/ada", "192.0.2.7", start)))
        #expect(wait(throttle, "acme/ada", "192.0.2.7", start + .seconds(16)) == 0)
        #expect(wait(throttle, "acme/bob", "192.0.2.7", start) == 0)
    }

    @Test func `an address that tries many names waits, whoever it names`() {
        let throttle = SignInThrottle()
        for number in 0..<60 {
            throttle.failed(account: "acme/user\(number)", address: "10.0.0.1", at: start)
        }
        #expect(wait(throttle, "acme/fresh", "10.0.0.1", start) > 100)
        #expect(wait(throttle, nil, "10.0.0.1", start) > 100)
        #expect(wait(throttle, "acme/fresh", "10.0.0.2", start) == 0)
    }

    @Test func `coming too soon does not make it longer, and the wait ends`() {
        let throttle = SignInThrottle()
        for _ in 0..<8 { throttle.failed(account: "acme/ada", address: "10.0.0.1", at: start) }
        let first = wait(throttle, "acme/ada", "10.0.0.1", start)
        for _ in 0..<100 { #expect(wait(throttle, "acme/ada", "10.0.0.1", start) == first) }
        #expect(wait(throttle, "acme/ada", "10.0.0.1", start + .seconds(first)) == 0)
    }

    @Test func `the right password begins anew, and does not free guesses at others`() {
        let throttle = SignInThrottle()
        for number in 0..<200 {
            throttle.failed(account: "acme/user\(number)", address: "10.0.0.1", at: start)
            // The enemy's own account, between guesses.
            throttle.failed(account: "acme/eve", address: "10.0.0.1", at: start)
            throttle.succeeded(account: "acme/eve", address: "10.0.0.1")
        }
        #expect(wait(throttle, "acme/ada", "10.0.0.1", start) > 800)
        let other = SignInThrottle()
        for _ in 0..<4 { other.failed(account: "acme/ada", address: "10.0.0.1", at: start) }
        other.succeeded(account: "acme/ada", address: "10.0.0.1")
        for _ in 0..<4 { other.failed(account: "acme/ada", address: "10.0.0.1", at: start) }
        #expect(wait(other, "acme/ada", "10.0.0.1", start) == 0)
    }

    @Test func `it holds a bounded number of names, the worst of them`() {
        let throttle = SignInThrottle(capacity: 1000)
        for _ in 0..<12 { throttle.failed(account: "acme/ada", address: "10.0.0.1", at: start) }
        for number in 0..<5000 {
            throttle.failed(account: "acme/x\(number)", address: "10.1.\(number)", at: start)
        }
        #expect(wait(throttle, "acme/ada", "10.0.0.1", start) > 60)
    }
}
