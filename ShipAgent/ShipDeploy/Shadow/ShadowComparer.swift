import FleetDeploy
import FleetModel
import Logging
import ShipStore

/// Compares what the champion and the candidate of a slot say of the same moments, as long as there is a
/// candidate.
///
/// A pair is two series of the configuration, one of each; of samples with the same time the values are
/// compared. A day's account is kept in the store, and goes ashore as one event when the day is over or the
/// candidate goes.
package actor ShadowComparer: SeriesFollower {
    /// Moments of which only one of two values has come yet.
    private static let waitingLimit = 1024
    private static let saveEvery = Duration.seconds(60)

    private struct Account: Codable, Equatable {
        let digest: TreeDigest
        var agreement: Agreement
    }

    private let slot: SlotConfiguration
    private let store: ShipStore
    private let journal: DeploymentJournal
    private let prober: Prober
    private var account: Account?
    /// For each comparison: by time, the value that is there, and whether it is the champion's.
    private var waiting: [[Timestamp: (value: Double, isChampion: Bool)]]
    private var roles: [SeriesNumber: [(comparison: Int, isChampion: Bool)]] = [:]
    private var isDirty = false

    private let clock: ShipClock

    package init(_ slot: SlotConfiguration, store: ShipStore, clock: ShipClock) {
        self.slot = slot
        self.store = store
        self.clock = clock
        journal = DeploymentJournal(store: store, clock: clock)
        prober = Prober(store: store, clock: clock)
        waiting = slot.comparisons.map { _ in [:] }
    }

    private var factKey: String { "shadow_agreement/\(slot.name)" }

    nonisolated var subject: String { "the shadow of slot \(slot.name)" }

    func run(_ logger: Logger) async {
        await follow(store, tendingEvery: Self.saveEvery, logger)
    }

    package func tend() async throws { try await tend(at: clock.now().wall) }

    /// Looks which candidate runs, which series are compared, and whether the day is over.
    package func tend(at now: Timestamp) async throws {
        if account == nil, let text = try await store.fact(factKey), !text.isEmpty {
            account = try DeploymentText.decode(Account.self, text)
        }
        let shadow = try await journal.read().slots[slot.name.rawValue]?.shadow
        let today = DayAccount.day(of: now)
        if let known = account, known.digest != shadow || known.agreement.day != today {
            try await tell(known, at: now)
        }
        guard let shadow else { return }
        if account == nil { account = Account(digest: shadow, agreement: Agreement(day: today)) }
        roles = [:]
        for (index, comparison) in slot.comparisons.enumerated() {
            for number in try await prober.numbers(comparison.champion) {
                roles[number, default: []].append((index, true))
            }
            for number in try await prober.numbers(comparison.candidate) {
                roles[number, default: []].append((index, false))
            }
        }
        try await save()
    }

    /// What is compared comes in pairs; the first of a pair waits for the second.
    package func take(_ number: SeriesNumber, _ received: SeriesWatch.Value) {
        guard account != nil, !StaleMarker.isStale(received.value) else { return }
        for (index, isChampion) in roles[number] ?? [] {
            guard let other = waiting[index][received.at], other.isChampion != isChampion else {
                if waiting[index].count >= Self.waitingLimit { waiting[index] = [:] }
                waiting[index][received.at] = (received.value, isChampion)
                continue
            }
            waiting[index][received.at] = nil
            account?.agreement.add(
                champion: isChampion ? received.value : other.value,
                candidate: isChampion ? other.value : received.value,
                tolerance: slot.comparisons[index].tolerance
            )
            isDirty = true
        }
    }

    private func tell(_ known: Account, at now: Timestamp) async throws {
        let key = factKey
        let slot = slot.name.rawValue
        try await store.tidy { writer in
            if known.agreement.count > 0 {
                try writer.record(
                    known.agreement.event(slot: slot, digest: "\(known.digest)", at: now)
                )
            }
            try writer.setFact(key, "")
        }
        account = nil
        isDirty = false
    }

    private func save() async throws {
        guard isDirty, let account else { return }
        isDirty = false
        try await store.setFact(factKey, try DeploymentText.encode(account))
    }
}
