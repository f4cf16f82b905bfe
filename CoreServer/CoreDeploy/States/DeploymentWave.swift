import CoreDomain
import CorePostgres

/// One wave of a deployment, with how many of its ships are where.
package struct DeploymentWave: Thing {
    package static let noun = "deployment_wave"

    package let wave: Int32
    package let name: String
    package let state: WaveState
    package let reason: String
    package let ships: Int32
    /// By the ships' states; those that no ship has are left out.
    package let states: [String: Int64]
    package let verdict: String?
    package let openedAt: String?
    package let endedAt: String?
    package let version: Int64

    private enum CodingKeys: String, CodingKey {
        case wave, name, state, reason, ships, states, verdict, openedAt, endedAt, version
    }

    /// Whether its gate said so, at last.
    var isPassed: Bool { verdict == WaveVerdict.Kind.pass.rawValue }

    package var reference: String { "\(wave)" }

    init(_ row: PostgresRow) throws {
        wave = try row.int32("wave")
        name = try row.text("name")
        state = WaveState(rawValue: try row.text("state")) ?? .held
        reason = try row.text("reason")
        ships = try row.int32("ships")
        states = Dictionary(
            zip(try row.textArray("states"), try row.int64Array("counts")),
            uniquingKeysWith: +
        )
        verdict = try row.optionalText("verdict")
        openedAt = try row.optionalTimestamp("opened_at").map { "\($0)" }
        endedAt = try row.optionalTimestamp("ended_at").map { "\($0)" }
        version = try row.int64("version")
    }
}
