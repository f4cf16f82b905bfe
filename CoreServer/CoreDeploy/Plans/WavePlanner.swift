import CoreDomain

/// Puts ships into waves, so that no wave has more of one kind than its limits let.
struct WavePlanner {
    /// Which wave each ship is in, from 0; `nil` for what found no place.
    private(set) var waves: [Int?]
    /// Why the plan can't be; empty where it can.
    private(set) var reasons: [String] = []

    /// One value of one limited dimension.
    private struct Kind: Hashable {
        let limit: Int
        let value: String
    }

    private let ships: [PlanShip]
    private let kinds: [[Kind]]
    private let most: [Kind: Int]
    private var left: [Kind: Int]

    init(_ ships: [PlanShip], _ request: DeploymentRequest) {
        self.ships = ships
        let limits = request.limits ?? []
        waves = Array(repeating: nil, count: ships.count)
        kinds = ships.map { ship in
            limits.indices.map { Kind(limit: $0, value: ship.value(of: limits[$0].by)) }
        }
        var totals: [Kind: Int] = [:]
        for kind in kinds.joined() { totals[kind, default: 0] += 1 }
        left = totals
        most = Dictionary(
            uniqueKeysWithValues: totals.map { kind, total in
                let limit = limits[kind.limit]
                let share = Int((Double(total) * (limit.percent ?? 0) / 100).rounded(.down))
                return (kind, limit.count ?? max(1, share))
            }
        )
        for (index, wave) in request.waves.enumerated() { fill(index, wave) }
        judge(request)
    }

    private mutating func fill(_ index: Int, _ wave: DeploymentRequest.Wave) {
        var room = ships.count
        if let count = wave.count { room = count }
        if let percent = wave.percent {
            room = Int((Double(ships.count) * percent / 100).rounded(.up))
        }
        let selector = wave.labels.flatMap { try? FleetSelector($0) }
        let named = wave.ships.map(Set.init)
        var candidates = ships.indices.filter { ship in
            waves[ship] == nil && selector?.matches(ships[ship].labels) ?? true
                && named?.contains(ships[ship].name) ?? true
        }
        if let named {
            let missing = named.subtracting(candidates.map { ships[$0].name })
            if !missing.isEmpty {
                reasons.append(
                    "the wave \(wave.name) names ships that it can't have: \(Self.some(missing))"
                )
            }
        }
        // First those whose kind is the hardest to place: the fewest waves could still take all of it.
        let pressure = candidates.map { ship in
            kinds[ship].map { Double(left[$0] ?? 0) / Double(most[$0] ?? 1) }.max() ?? 0
        }
        let order = zip(candidates, pressure).sorted { left, right in
            left.1 != right.1 ? left.1 > right.1 : left.0 < right.0
        }
        candidates = order.map(\.0)
        var taken: [Kind: Int] = [:]
        for ship in candidates where room > 0 {
            guard kinds[ship].allSatisfy({ taken[$0, default: 0] < most[$0] ?? .max }) else {
                continue
            }
            waves[ship] = index
            room -= 1
            for kind in kinds[ship] {
                taken[kind, default: 0] += 1
                left[kind, default: 0] -= 1
            }
        }
    }

    private mutating func judge(_ request: DeploymentRequest) {
        guard !ships.isEmpty else {
            reasons.append("no ship is one of the targets")
            return
        }
        let used = Set(waves.compactMap { $0 })
        for (index, wave) in request.waves.enumerated() where !used.contains(index) {
            reasons.append("the wave \(wave.name) would have no ship")
        }
        let without = ships.indices.filter { waves[$0] == nil }
        guard !without.isEmpty else { return }
        var explained = false
        for (kind, most) in most.sorted(by: {
            ($0.key.limit, $0.key.value) < ($1.key.limit, $1.key.value)
        }) {
            let count = kinds.count { $0.contains(kind) }
            guard count > most * request.waves.count else { continue }
            explained = true
            let by = request.limits?[kind.limit].by ?? ""
            reasons.append(
                "\(count) ships with \(by) '\(kind.value)' do not fit into \(request.waves.count) "
                    + "waves of \(most) of them at most"
            )
        }
        let names = Self.some(without.map { ships[$0].name })
        reasons.append(
            explained
                ? "\(without.count) ships are left without a wave: \(names)"
                : "\(without.count) ships are left without a wave (\(names)): the waves' numbers and "
                    + "the limits together leave no room for them"
        )
    }

    static func some(_ names: some Collection<String>) -> String {
        let shown = names.sorted().prefix(10).joined(separator: ", ")
        return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
    }
}
