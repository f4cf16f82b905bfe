import CoreDomain
import CorePostgres
import FleetIdentity
import FoundationEssentials

/// One ship of a deployment: its line of the plan, and how far it has come.
package struct DeploymentShip: Thing {
    package static let noun = "deployment_ship"

    package let ship: String
    package let wave: Int32
    package let state: String
    package let reason: String
    package let method: String
    package let base: String?
    package let bytes: Int64
    /// Nothing was built when it was planned: it takes that at most.
    package let isEstimate: Bool
    package let bytesWithRetries: Int64
    package let costMicros: Int64
    package let currency: String
    package let bearers: [BearerShare]
    /// Bytes that really went to it.
    package let sent: Int64
    package let p50Seconds: Int64?
    package let p90Seconds: Int64?
    package let activation: Int64?
    /// What it said it runs.
    package let running: String?
    package let releasedAt: String?
    package let toldAt: String?
    package let version: Int64

    package var reference: String { ship }

    private enum CodingKeys: String, CodingKey {
        case ship, wave, state, reason, method, base, bytes, bytesWithRetries, costMicros, currency,
            bearers, sent, p50Seconds, p90Seconds, activation, running, releasedAt, toldAt, version
        case isEstimate = "estimated"
    }

    init(_ row: PostgresRow) throws {
        ship = try row.text("name")
        wave = try row.int32("wave")
        state = try row.text("state")
        reason = try row.text("reason")
        method = try row.text("method")
        base = try row.optionalBytes("base").map { Hexadecimal.text($0) }
        bytes = try row.int64("bytes")
        isEstimate = try row.bool("is_estimate")
        sent = try row.int64("sent")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        bearers = try decoder.decode([BearerShare].self, from: Data(try row.text("bearers").utf8))
        bytesWithRetries = try row.int64("bytes_with_retries")
        costMicros = try row.int64("cost_micros")
        currency = try row.text("currency")
        p50Seconds = try row.optionalInt64("p50_seconds")
        p90Seconds = try row.optionalInt64("p90_seconds")
        activation = try row.optionalInt64("activation")
        running = try row.optionalBytes("running").map { Hexadecimal.text($0) }
        releasedAt = try row.optionalTimestamp("released_at").map { "\($0)" }
        toldAt = try row.optionalTimestamp("told_at").map { "\($0)" }
        version = try row.int64("version")
    }
}
