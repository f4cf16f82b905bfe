/// Where a version stands, by MLflow's older scheme; aliases took its place.
package enum ModelStage: Int64, Sendable, CaseIterable {
    case none = 0
    case staging = 1
    case production = 2
    case archived = 3

    package var word: String {
        switch self {
        case .none: "None"
        case .staging: "Staging"
        case .production: "Production"
        case .archived: "Archived"
        }
    }

    /// Whether it is one that others are archived for.
    var isActive: Bool { self == .staging || self == .production }

    /// - Parameter word: in any case.
    /// - Throws: `RegistryError` `invalid`.
    package init(word: String) throws(RegistryError) {
        guard
            let stage = Self.allCases.first(where: { $0.word.lowercased() == word.lowercased() })
        else {
            throw .invalid(
                "Invalid Model Version stage: \(word). Value must be one of "
                    + "\(Self.allCases.map(\.word).joined(separator: ", "))."
            )
        }
        self = stage
    }
}
