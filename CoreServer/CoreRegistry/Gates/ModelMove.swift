import CoreDomain
import CorePostgres

/// That an alias or a stage came to another version: which was in use when is an old question.
package struct ModelMove: Thing {
    package static let noun = "move"

    package let number: Int64
    package let target: String
    package let fromVersion: Int64?
    package let toVersion: Int64?
    package let at: String
    package let actor: String
    package let promotion: Int64?
    package var version: Int64 { 1 }

    package var reference: String { "\(number)" }

    enum CodingKeys: String, CodingKey {
        case number, target, fromVersion, toVersion, at, actor, promotion
    }

    init(_ row: PostgresRow) throws {
        number = try row.int64("move_number")
        target = try row.text("target")
        fromVersion = try row.optionalInt64("from_version")
        toVersion = try row.optionalInt64("to_version")
        at = "\(try row.timestamp("at"))"
        actor = try row.text("actor")
        promotion = try row.optionalInt64("promotion_id")
    }
}
