import FoundationEssentials

/// What people make, change and delete by the API. Answers and the audit show it the same.
package protocol Thing: Encodable, Sendable {
    /// `user`, `ship` …
    static var noun: String { get }
    /// What the path calls it; empty where a tenant has one.
    var reference: String { get }
    /// Moves with every change; 0 where nothing is stored yet.
    var version: Int64 { get }
}

extension Thing {
    /// Without secrets, its members in order.
    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    package var target: String { reference.isEmpty ? Self.noun : "\(Self.noun)/\(reference)" }
}
