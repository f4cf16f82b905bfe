import FleetDeploy
import FleetModel

/// One ship of a plan: what it gets, and what that takes.
struct PlanLine: Sendable, Equatable {
    enum Method: String, Sendable {
        /// All of it is aboard.
        case held
        case delta
        case full
    }

    let ship: ShipID
    let wave: Int
    let replaces: TreeDigest?
    let base: TreeDigest?
    let method: Method
    let bytes: Int64
    /// Nothing was built yet: it takes that at most.
    let isEstimate: Bool
    let forecast: TransferForecast
    let usualSilence: Int64?

    /// A line of the canonical text.
    var text: String {
        let words: [String] =
            [
                "\(wave)", "\(ship)", method.rawValue, isEstimate ? "at-most" : "exactly",
                "\(bytes)",
                "\(forecast.bytesWithRetries)",
                "\(forecast.costMicros)", forecast.currency.isEmpty ? "-" : forecast.currency,
                replaces?.description ?? "-", base?.description ?? "-",
                forecast.p50.map { "\($0)" } ?? "-", forecast.p90.map { "\($0)" } ?? "-",
            ] + forecast.shares.map { "\($0.bearer)=\($0.bytes)" }
        return words.joined(separator: " ")
    }
}
