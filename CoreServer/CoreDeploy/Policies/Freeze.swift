import CoreDomain
import CorePostgres
import FleetModel
import FoundationEssentials

/// A time in which nothing is released to some ships, or to any.
package struct Freeze: Thing {
    package static let noun = "freeze"

    package let id: Int64
    package let name: String
    /// Labels of the ships; `nil` for all.
    package let selector: [String: [String]]?
    package let from: String
    package let to: String
    package let reason: String
    package let createdAt: String
    package let version: Int64

    package var reference: String { "\(id)" }

    init(_ row: PostgresRow) throws {
        id = try row.int64("freeze_id")
        name = try row.text("name")
        selector = try row.optionalText("selector").map(Self.labels)
        from = "\(try row.timestamp("from_at"))"
        to = "\(try row.timestamp("to_at"))"
        reason = try row.text("reason")
        createdAt = "\(try row.timestamp("created_at"))"
        version = try row.int64("version")
    }

    func fits(_ labels: ShipLabels) -> Bool {
        guard let selector else { return true }
        // What can't be read freezes: nothing goes out by a mistake.
        return (try? FleetSelector(selector))?.matches(labels) ?? true
    }

    static func labels(_ text: String) throws -> [String: [String]] {
        try JSONDecoder().decode([String: [String]].self, from: Data(text.utf8))
    }

    static func text(_ labels: [String: [String]]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(labels.mapValues { $0.sorted() }), as: UTF8.self)
    }
}
