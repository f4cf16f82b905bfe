import CoreDomain
import FleetDeploy

/// What it takes to bring bytes to a ship, by what its link was like.
struct TransferForecast: Sendable, Equatable {
    /// Of a link, that bulk gets beside everything that goes first.
    private static let share = 0.5
    /// That go twice when a connection is cut: what the ship had not made durable.
    private static let lostPerSession = 65_536.0
    private static let mostRetries = 4.0

    let bytesWithRetries: Int64
    let costMicros: Int64
    let currency: String
    /// Of a megabyte, over the bearers that it is expected to go over.
    let priceMicros: Int64
    /// What goes over each of them; none where no bearer is described.
    let shares: [BearerShare]
    /// Until half of the days on which it could have begun would have seen it end, and nine of ten; `nil`
    /// where nothing is known of the link, or it would never end.
    let p50: Int64?
    let p90: Int64?

    /// - Parameter rule: which bearers it may go over, and how much of it on a day.
    init(bytes: Int64, over bearers: [Bearer], _ history: LinkHistory, _ rule: DownloadRule) {
        let allowed = bearers.filter { rule.bearers.isEmpty || rule.bearers.contains($0.name) }
        let daily = Self.capacity(allowed, history, isLimited: !rule.bearers.isEmpty)
        let total = daily.reduce(0, +)
        let perSession = history.sessions > 0 ? total / Double(history.sessions) : 0
        let factor =
            perSession > 0
            ? min(Self.mostRetries, 1 + Self.lostPerSession / max(perSession, 1)) : 1
        bytesWithRetries = Int64(min((Double(bytes) * factor).rounded(.up), 9e18))
        let price = Self.price(allowed, history)
        costMicros = Int64(min(Double(bytesWithRetries) / 1_000_000 * price.micros, 9e18))
        currency = price.currency
        priceMicros = Int64(min(price.micros.rounded(.up), 9e18))
        shares = BearerShare.split(bytesWithRetries, over: price.weights)
        let most = rule.dailyBytes.map { Double($0) } ?? .infinity
        (p50, p90) = Self.finish(
            Double(bytesWithRetries),
            daily.map { min($0, most) },
            silence: history.usualSilence
        )
    }

    /// Bytes that each known day would have carried.
    private static func capacity(
        _ bearers: [Bearer],
        _ history: LinkHistory,
        isLimited: Bool
    ) -> [Double] {
        let known = history.known
        guard !known.isEmpty, let all = history.connected[""] else { return [] }
        func bytes(_ bearer: Bearer) -> Double { Double(bearer.rateBits) / 8000 * share }
        let named = bearers.filter { history.connected[$0.name] != nil }
        if !named.isEmpty {
            return known.map { day in
                named.reduce(0) {
                    $0 + Double(history.connected[$1.name]?[day] ?? 0) * bytes($1)
                }
            }
        }
        // Nobody knows over which it was connected: the slowest that it may be.
        if let slowest = bearers.min(by: { $0.rateBits < $1.rateBits }), !isLimited {
            return known.map { Double(all[$0]) * bytes(slowest) }
        }
        guard bearers.isEmpty, !isLimited else { return [] }
        // No bearer is described: at least what it carried.
        let connected = all.reduce(0, +)
        let rate = connected > 0 ? Double(history.bytes) / Double(connected) : 0
        return known.map { Double(all[$0]) * rate }
    }

    /// Micros a megabyte: of the bearers by how much each would carry; where that is not known, of the
    /// dearest. What is paid in another currency than the largest part is taken at that part's price.
    private static func price(
        _ bearers: [Bearer],
        _ history: LinkHistory
    ) -> (micros: Double, currency: String, weights: [(bearer: Bearer, share: Double)]) {
        let weights = bearers.map { bearer in
            Double((history.connected[bearer.name] ?? []).reduce(0, +)) * Double(bearer.rateBits)
        }
        let total = weights.reduce(0, +)
        guard total > 0 else {
            let dearest = bearers.max { $0.priceMicrosPerMb < $1.priceMicrosPerMb }
            return (
                Double(dearest?.priceMicrosPerMb ?? 0), dearest?.currency ?? "",
                dearest.map { [($0, 1)] } ?? []
            )
        }
        let main = zip(bearers, weights).max { $0.1 < $1.1 }?.0
        let micros = zip(bearers, weights).reduce(0.0) { sum, one in
            let bearer = one.0.currency == main?.currency ? one.0 : main ?? one.0
            return sum + Double(bearer.priceMicrosPerMb) * one.1 / total
        }
        let shares = zip(bearers, weights).filter { $0.1 > 0 }.map { ($0.0, $0.1 / total) }
        return (micros, main?.currency ?? "", shares)
    }

    /// Replays the days from each of them on, over and over.
    private static func finish(
        _ bytes: Double,
        _ days: [Double],
        silence: Int64?
    ) -> (Int64?, Int64?) {
        if bytes == 0 {
            // The order alone has to reach it.
            return (silence.map { $0 / 2 }, silence)
        }
        let round = days.reduce(0, +)
        guard round > 0 else { return (nil, nil) }
        let rounds = (bytes / round).rounded(.down)
        let rest = bytes - rounds * round
        var ends = days.indices.map { start -> Double in
            var left = rest
            for step in 0...days.count {
                let capacity = days[(start + step) % days.count]
                if left <= capacity {
                    let part = capacity > 0 ? left / capacity : 0
                    return rounds * Double(days.count) + Double(step) + part
                }
                left -= capacity
            }
            return (rounds + 1) * Double(days.count)
        }
        ends.sort()
        func seconds(_ share: Double) -> Int64 {
            let place = min(ends.count - 1, Int((Double(ends.count) * share).rounded(.down)))
            return Int64(min(ends[place] * 86_400, 9e15))
        }
        return (seconds(0.5), seconds(0.9))
    }
}
