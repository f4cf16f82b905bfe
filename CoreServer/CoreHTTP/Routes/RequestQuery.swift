import CoreDomain
import FleetModel
import FleetRuntime
import Hummingbird

/// A request's query, its values judged.
struct RequestQuery {
    private let request: Request

    init(_ request: Request) { self.request = request }

    /// `nil` where there is none, or an empty one.
    func text(_ name: String) -> String? {
        request.uri.queryParameters[Substring(name)].flatMap { $0.isEmpty ? nil : String($0) }
    }

    func all(_ name: String) -> [String] {
        request.uri.queryParameters[values: Substring(name)].map(String.init)
    }

    func count(_ name: String, default: Int, limit: Int) throws -> Int {
        guard let text = text(name) else { return `default` }
        guard let count = Int(text), (1...limit).contains(count) else {
            throw DomainError(.invalid, "'\(name)' is a number from 1 to \(limit)")
        }
        return count
    }

    func moment(_ name: String) throws -> Timestamp? {
        guard let text = text(name) else { return nil }
        guard let moment = Timestamp(parsing: text) else {
            throw DomainError(
                .invalid,
                "'\(name)' is not a time: write 2026-11-21T12:00:00Z, 2026-11-21 or seconds since 1970"
            )
        }
        return moment
    }

    /// `from` and `to`; up to now, and so long, where they are not given.
    ///
    /// Not inlined: Swift 6.3.1 crashes when it optimises a route with this inside.
    @inline(never)
    func range(upTo now: Timestamp, length: Duration = .seconds(86_400)) throws -> TimeRange {
        let to = try moment("to") ?? now
        return try TimeRange(from: try moment("from") ?? to - length, to: to)
    }

    /// A number of seconds, or `30s`, `5m`, `1h`.
    func duration(_ name: String) throws -> Duration? {
        guard let text = text(name) else { return nil }
        if let seconds = Double(text), seconds.isFinite, (0...1e9).contains(seconds) {
            return .milliseconds(Int64(seconds * 1000))
        }
        guard let duration = Quantity.duration(text) else {
            throw DomainError(.invalid, "'\(name)' is a duration: write 300, 30s, 5m or 1h")
        }
        return duration
    }
}
