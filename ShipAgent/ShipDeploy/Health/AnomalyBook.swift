import FleetModel

/// What is known of the series of one slot: small, kept in the store, so that neither what is usual nor what
/// was seen since an activation is lost with the agent.
struct AnomalyBook: Codable, Sendable, Equatable {
    /// Values of one series that are closer together say little more.
    static let spacing: Int64 = 10_000
    /// A value this much older than the last is not late: the clock was set back.
    static let late: Int64 = 600_000
    /// A version is not proven before so many of each series.
    static let leastSeen = 12
    /// So many values alone decide nothing.
    static let chance = 2.0

    private struct Known: Codable, Sendable, Equatable {
        let isRate: Bool
        var usual = UsualValues()
        /// Milliseconds since 1970, and the value then.
        var at: Int64?
        var value = 0.0
    }

    /// That is being judged.
    private(set) var activation: UInt64?
    /// By their numbers.
    private var series: [String: Known] = [:]

    mutating func take(_ number: SeriesNumber, _ received: Double, at: Timestamp, isRate: Bool) {
        let key = String(number.rawValue)
        var known = series[key] ?? Known(isRate: isRate)
        if known.isRate != isRate { known = Known(isRate: isRate) }
        let (gap, isTooMuch) = at.milliseconds.subtractingReportingOverflow(known.at ?? .min / 2)
        guard isTooMuch || gap >= Self.spacing || gap < -Self.late else { return }
        defer { series[key] = known }
        let growth = received - known.value
        let isFirst = known.at == nil || gap <= 0 || isTooMuch
        known.at = at.milliseconds
        known.value = received
        guard isRate else { return known.usual.add(received) }
        // A counter that begins anew says nothing of how fast it grew.
        guard !isFirst, !(growth < 0) else { return }
        known.usual.add(growth * 1000 / Double(gap))
    }

    /// Forgets what the configuration does not name any more.
    mutating func keep(_ numbers: Set<SeriesNumber>) {
        let names = Set(numbers.map { String($0.rawValue) })
        series = series.filter { names.contains($0.key) }
    }

    /// How many values are known of the best known of these series.
    func known(of numbers: [SeriesNumber]) -> Int {
        numbers.compactMap { series[String($0.rawValue)]?.usual.count }.max() ?? 0
    }

    /// Begins to judge. Doing so again for the same activation changes nothing.
    mutating func begin(_ activation: UInt64, bounds: [SeriesNumber: Double]) {
        guard self.activation != activation else { return }
        self.activation = activation
        for (number, bound) in bounds {
            series[String(number.rawValue)]?.usual.judge(bound: bound)
        }
    }

    /// What comes from now on says what is usual.
    mutating func rest() {
        guard activation != nil else { return }
        activation = nil
        for key in series.keys { series[key]?.usual.rest() }
    }

    /// Whether the share of anomalies since the activation is at most so many thousandths more than before, of
    /// every series.
    ///
    /// - Parameter name: what people call a series.
    func answer(atMost most: UInt32, name: (SeriesNumber) -> String?) -> ProbeAnswer {
        let judged = series.filter { $0.value.usual.measure != nil }.sorted { $0.key < $1.key }
        guard activation != nil, !judged.isEmpty else {
            return .unknown("nothing was known of the series when the version was activated")
        }
        for (number, known) in judged {
            let usual = known.usual
            let allowed = max(Double(usual.seen) * Double(most) / 1000, Self.chance)
            guard usual.excess > allowed else { continue }
            let series = UInt32(number).flatMap { name(SeriesNumber($0)) } ?? "a series"
            return .trouble(
                "\(usual.beyond) of \(usual.seen) values of \(series) are anomalies, more than "
                    + "\(most) thousandths above what is usual"
            )
        }
        let least = judged.map(\.value.usual.seen).min() ?? 0
        guard least >= Self.leastSeen else {
            return .unknown(
                "\(least) values of a series have come since, \(Self.leastSeen) are needed"
            )
        }
        return .fine
    }
}
