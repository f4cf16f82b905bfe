import FleetModel

/// A wave's ships by what they say: all that a gate decides by, and what is recorded with its verdict.
package struct WaveCounts: Sendable, Equatable, Codable {
    package var neverContacted = 0
    package var inProgress = 0
    package var settling = 0
    package var proven = 0
    package var unchanged = 0
    package var rolledBack = 0
    package var stranded = 0
    package var refused = 0
    package var withdrawn = 0
    package var inconclusive = 0
    package var silent = 0
    /// Of all ships, how much of them counts as lost, in millionths of a ship.
    package var lostMillionths = 0
    /// Ships that have told of events which are not here.
    package var gaps = 0
    /// Milliseconds since 1970 up to which every ship with an order is known; `nil` if one is not at all.
    package var watermark: Int64?

    package init() {}

    /// Counts what is known of a wave's ships, in whatever order.
    package init(_ ships: some Sequence<ShipEvidence>, rule: WaveRule, at now: Timestamp) {
        var earliest: Int64? = .max
        for ship in ships {
            var standing = ship.standing(soak: rule.go.soak)
            let lost = ship.lostMillionths(standing, at: now, rule: rule.stop)
            if lost > 0 { standing = .silent }
            self[standing] += 1
            lostMillionths += lost
            guard ship.activation != nil, standing != .withdrawn else { continue }
            if ship.hasGap { gaps += 1 }
            earliest = earliest.flatMap { value in
                ship.knownUntil.map { min(value, $0.milliseconds) }
            }
        }
        watermark = earliest == .max ? nil : earliest
    }

    /// Several waves as one; up to when all of them are known is not asked.
    package static func += (sum: inout WaveCounts, other: WaveCounts) {
        for standing in EvidenceClass.allCases { sum[standing] += other[standing] }
        sum.lostMillionths += other.lostMillionths
        sum.gaps += other.gaps
        sum.watermark = nil
    }

    /// What is other evidence. A silence grows by the second: it is new when it weighs a hundredth of a ship more.
    var coarse: WaveCounts {
        var coarse = self
        coarse.lostMillionths /= 10_000
        coarse.watermark = nil
        return coarse
    }

    package subscript(standing: EvidenceClass) -> Int {
        get { self[keyPath: Self.path(standing)] }
        set { self[keyPath: Self.path(standing)] = newValue }
    }

    private static func path(_ standing: EvidenceClass) -> WritableKeyPath<Self, Int> {
        switch standing {
        case .neverContacted: \.neverContacted
        case .inProgress: \.inProgress
        case .settling: \.settling
        case .proven: \.proven
        case .unchanged: \.unchanged
        case .rolledBack: \.rolledBack
        case .stranded: \.stranded
        case .refused: \.refused
        case .withdrawn: \.withdrawn
        case .inconclusive: \.inconclusive
        case .silent: \.silent
        }
    }

    /// The wave's ships without those that left it.
    package var ships: Int {
        neverContacted + inProgress + settling + proven + failed + refused + inconclusive + silent
    }

    package var failed: Int { unchanged + rolledBack + stranded }

    /// Failed ships, and what the silent ones add.
    package var failures: Double {
        Double(failed) + Double(lostMillionths) / Double(SilenceWeight.whole)
    }

    /// Ships of which more may come.
    package var pending: Int { neverContacted + inProgress + settling + silent }
}
