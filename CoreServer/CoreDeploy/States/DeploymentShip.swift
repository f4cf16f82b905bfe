import CoreDomain
import CorePostgres
import FleetIdentity

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
    package let bytesWithRetries: Int64
    package let costMicros: Int64
    package let currency: String
    package let p50Seconds: Int64?
    package let p90Seconds: Int64?
    package let activation: Int64?
    /// What it said it runs.
    package let running: String?
    package let releasedAt: String?
    package let toldAt: String?
    package let version: Int64

    package var reference: String { ship }

    init(_ row: PostgresRow) throws {
        ship = try row.text("name")
        wave = try row.int32("wave")
        state = try row.text("state")
        reason = try row.text("reason")
        method = try row.text("method")
        base = try row.optionalBytes("base").map { Hexadecimal.text($0) }
        bytes = try row.int64("bytes")
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
