import CoreDomain

/// An alias of a model, and the gates before it.
package struct AliasSummary: Thing {
    package static let noun = "alias"

    package let alias: String
    package let number: Int64
    package let gates: [String]

    package var reference: String { alias }
    package var version: Int64 { ContentVersion.of(self) }

    enum CodingKeys: String, CodingKey {
        case alias
        case number = "version"
        case gates
    }
}
