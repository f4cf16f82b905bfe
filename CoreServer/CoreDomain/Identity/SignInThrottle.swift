import FleetModel
import Synchronization

/// Slows down whoever guesses passwords: by account and address together, by account, and by
/// address, each with a wait that doubles with every failure and has an end, so that nobody is
/// locked out for good, not even by an enemy who keeps failing in their name.
///
/// In memory, and so of one process: with N replicas a guesser has N times the attempts. It treats
/// names that don't exist like those that do.
package final class SignInThrottle: Sendable {
    /// Refused without a look at the password.
    package struct TooSoon: Error, Sendable, Equatable, CustomStringConvertible {
        package let wait: Duration

        package var description: String { "too many failed attempts; wait, and try again" }

        /// Whole seconds, at least one.
        package var seconds: Int64 { max(1, wait.components.seconds + 1) }
    }

    struct Rule: Sendable {
        /// Failures before the first wait.
        let free: Int
        let longestWait: Duration

        func wait(after failures: Int) -> Duration {
            guard failures >= free else { return .zero }
            let doubled = Duration.seconds(1 << min(failures - free, 20))
            return min(doubled, longestWait)
        }
    }

    private enum Key: Hashable {
        case pair(account: String, address: String)
        case account(String)
        case address(String)

        var rule: Rule {
            switch self {
            case .pair: Rule(free: 5, longestWait: .seconds(900))
            // Anybody can bring this about from anywhere, so it is short.
            case .account: Rule(free: 20, longestWait: .seconds(15))
            // A company may be behind one address.
            case .address: Rule(free: 50, longestWait: .seconds(900))
            }
        }
    }

    private struct Entry {
        var failures: Int
        var until: Timestamp
        var last: Timestamp
    }

    /// Failures are forgotten after so long without another.
    private static let memory = Duration.seconds(3600)

    private let capacity: Int
    private let entries = Mutex<[Key: Entry]>([:])

    package init(capacity: Int = 100_000) {
        self.capacity = capacity
    }

    private static func keys(_ account: String?, _ address: String) -> [Key] {
        let account = account.map { String($0.lowercased().prefix(200)) }
        let ofAccount = account.map { [Key.pair(account: $0, address: address), .account($0)] }
        return (ofAccount ?? []) + [.address(address)]
    }

    /// - Throws: `TooSoon`. Coming too soon does not make the wait longer.
    package func check(
        account: String?,
        address: String,
        at now: Timestamp
    ) throws(TooSoon) {
        let until = entries.withLock { entries in
            Self.keys(account, address).compactMap { entries[$0]?.until }.max()
        }
        guard let until, until > now else { return }
        throw TooSoon(wait: until - now)
    }

    package func failed(account: String?, address: String, at now: Timestamp) {
        entries.withLock { entries in
            if entries.count >= capacity { Self.makeRoom(&entries, capacity, now) }
            for key in Self.keys(account, address) {
                var entry = entries[key] ?? Entry(failures: 0, until: now, last: now)
                if now - entry.last > Self.memory { entry.failures = 0 }
                entry.failures += 1
                entry.last = now
                entry.until = now + key.rule.wait(after: entry.failures)
                entries[key] = entry
            }
        }
    }

    /// The right password: this account from this address begins anew. The account's and the
    /// address' own counts stay, or one known password would free all guesses at others.
    package func succeeded(account: String, address: String) {
        entries.withLock { entries in
            for key in Self.keys(account, address) {
                guard case .pair = key else {
                    // It was counted as a failure before it was known to be none.
                    entries[key]?.failures -= 1
                    continue
                }
                entries[key] = nil
            }
        }
    }

    /// Forgets what is over; if that is not enough, the half with the shortest waits.
    private static func makeRoom(_ entries: inout [Key: Entry], _ capacity: Int, _ now: Timestamp) {
        entries = entries.filter { now - $0.value.last <= memory }
        guard entries.count > capacity * 3 / 4 else { return }
        let kept = entries.sorted {
            ($0.value.failures, $0.value.last) > ($1.value.failures, $1.value.last)
        }
        .prefix(capacity / 2)
        entries = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
    }
}
