import FleetDeploy
import FleetModel
import FleetTestSupport

/// Where a ship is, drawn as it goes: sea passages of days to weeks, some time at anchor, short calls.
struct SimulatedVoyage {
    private var random: SeededGenerator
    private let passageDays: Double
    /// What the ship does until `until`, in seconds.
    private(set) var navigation: ShipFacts.Navigation
    private(set) var until: Int64
    /// What tells the ship's position stops telling at times: from when, until when.
    private var failsFrom: Int64
    private var failsUntil: Int64
    private var navigationAtFailure: ShipFacts.Navigation
    private let zoneMinutes: Int

    init(seed: UInt64, ship: Int) {
        random = .derived(seed: seed, ordinal: ship)
        passageDays = .random(in: 1.5...14, using: &random)
        navigation = random.chance(0.2) ? .inPort : .underWay
        until = Int64(random.exponential(mean: passageDays * 43_200))
        zoneMinutes = 60 * Int.random(in: -11...12, using: &random)
        failsFrom = Int64(random.exponential(mean: 30 * 86_400))
        failsUntil = failsFrom + Int64(random.exponential(mean: 3 * 86_400))
        navigationAtFailure = navigation
    }

    /// Goes on to a moment that is not before the last one.
    mutating func advance(to now: Int64) {
        while until <= now {
            if failsFrom < until { noteFailure() }
            switch navigation {
            case .underWay:
                navigation = random.chance(0.3) ? .atAnchor : .inPort
                until +=
                    1 + Int64(random.exponential(mean: navigation == .inPort ? 100_000 : 150_000))
            case .atAnchor:
                navigation = .inPort
                until += 1 + Int64(random.exponential(mean: 100_000))
            case .inPort:
                navigation = .underWay
                until += 3600 + Int64(random.exponential(mean: passageDays * 86_400))
            }
        }
        if failsFrom <= now { noteFailure() }
        while failsUntil <= now {
            failsFrom = failsUntil + Int64(random.exponential(mean: 30 * 86_400))
            failsUntil = failsFrom + Int64(random.exponential(mean: 3 * 86_400))
            isNoted = false
            if failsFrom <= now { noteFailure() }
        }
    }

    private var isNoted = false

    private mutating func noteFailure() {
        guard !isNoted else { return }
        isNoted = true
        navigationAtFailure = navigation
    }

    /// What is known aboard, after `advance`.
    func facts(at now: Int64) -> ShipFacts {
        let isFailing = failsFrom <= now && now < failsUntil
        return ShipFacts(
            navigation: isFailing ? navigationAtFailure : navigation,
            knownAt: Timestamp(seconds: isFailing ? failsFrom : now),
            zoneMinutes: zoneMinutes
        )
    }

    /// What is so, whether known or not.
    func truth(at now: Int64) -> ShipFacts {
        ShipFacts(
            navigation: navigation,
            knownAt: Timestamp(seconds: now),
            zoneMinutes: zoneMinutes
        )
    }
}
