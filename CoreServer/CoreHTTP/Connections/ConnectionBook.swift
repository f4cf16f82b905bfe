import FleetRuntime
import Synchronization

/// How many connections there are, in all and from each address, and what becomes of those that are
/// too many or too slow.
final class ConnectionBook: Sendable {
    private struct State {
        var total = 0
        var byAddress: [String: Int] = [:]
    }

    private let limit: Int
    private let limitPerAddress: Int
    private let state = Mutex(State())
    private let open: Gauge
    private let refusals: Counter

    init(limit: Int, limitPerAddress: Int, registry: MetricsRegistry) {
        self.limit = limit
        self.limitPerAddress = limitPerAddress
        open = registry.gauge("hawser_http_connections", help: "Connections to the API.")
        refusals = registry.counter(
            "hawser_http_refused_total",
            help: "Connections ended by the server before a request could be answered, by reason.",
            labels: ["reason"]
        )
        for reason in RefusalReason.allCases { refusals.increment(by: 0, reason.rawValue) }
    }

    enum RefusalReason: String, CaseIterable {
        case tooMany = "too_many_connections"
        case tooManyFromAddress = "too_many_from_address"
        case slowHead = "slow_head"
        case slowBody = "slow_body"
        case malformed
    }

    func count(_ reason: RefusalReason) { refusals.increment(reason.rawValue) }

    /// - Returns: whether there is room; then it must leave.
    func enter(_ address: String) -> Bool {
        let refusal: RefusalReason? = state.withLock { state in
            if state.total >= limit { return .tooMany }
            if state.byAddress[address, default: 0] >= limitPerAddress {
                return .tooManyFromAddress
            }
            state.total += 1
            state.byAddress[address, default: 0] += 1
            return nil
        }
        if let refusal {
            count(refusal)
            return false
        }
        open.add(1)
        return true
    }

    func leave(_ address: String) {
        state.withLock { state in
            state.total -= 1
            let left = state.byAddress[address, default: 1] - 1
            state.byAddress[address] = left > 0 ? left : nil
        }
        open.add(-1)
    }
}
