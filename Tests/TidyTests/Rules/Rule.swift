import Testing

/// One thing that holds everywhere in the repository.
struct Rule: Sendable, CustomTestStringConvertible {
    /// The rule as a sentence.
    let sentence: String
    /// Where it is broken, as `file:line: what to do instead`.
    let findings: @Sendable (Repository) -> [String]

    var testDescription: String { sentence }

    static let all: [Rule] = [
        .importsAreDeclared, .outsideModulesStayHome, .foundationStaysAshore,
        .queriesStayInTheirFeature, .bannedText, .uncheckedSendableIsProven, .filesAreShort,
        .namesSaySomething, .filesAreNamedForTheirType, .topLevelIsTheAgreedOne,
        .noWorkplaceIsMentioned,
    ]
}
