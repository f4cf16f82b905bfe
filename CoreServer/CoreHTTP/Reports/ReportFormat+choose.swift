import CoreDomain

extension ReportFormat {
    /// Decides the form of a report.
    ///
    /// The query wins over the header, so that a link can name a form. Without either it is JSON.
    /// The header is read as RFC 9110, section 12.5.1 says: for each form the most specific range
    /// counts, the highest weight wins, and weight 0 forbids. Among equals the more specific range
    /// wins, then the one named first, then our own preference.
    ///
    /// - Parameters:
    ///   - query: the value of `?format=`.
    ///   - accept: the `Accept` header; several are joined by commas.
    /// - Throws: `DomainError` `invalid` for a format that there is not; `NotAcceptable`.
    package static func choose(query: String?, accept: String?) throws -> Self {
        if let query {
            guard let format = Self(rawValue: query) else {
                let choices = allCases.map(\.rawValue).joined(separator: ", ")
                throw DomainError(.invalid, "'format' is one of \(choices)")
            }
            return format
        }
        guard let accept, accept.contains(where: { $0 != " " && $0 != "\t" }) else { return .json }
        let ranges = MediaRange.list(accept)
        let best = byPreference.enumerated().compactMap { preference, format in
            Offer(format, preference: preference, ranges: ranges)
        }.min { $0.precedes($1) }
        guard let best else { throw NotAcceptable() }
        return best.format
    }

    /// A form that the client takes, and how gladly.
    private struct Offer {
        let format: ReportFormat
        private let range: MediaRange
        private let position: Int
        private let preference: Int

        /// `nil` where the client does not take it.
        init?(_ format: ReportFormat, preference: Int, ranges: [MediaRange]) {
            let matching = ranges.enumerated().filter { $0.element.matches(format.mediaType) }
            let specificity = matching.map(\.element.specificity).max()
            guard let match = matching.first(where: { $0.element.specificity == specificity }),
                match.element.weight > 0
            else { return nil }
            self.format = format
            self.range = match.element
            self.position = match.offset
            self.preference = preference
        }

        func precedes(_ other: Self) -> Bool {
            (-range.weight, -range.specificity, position, preference)
                < (-other.range.weight, -other.range.specificity, other.position, other.preference)
        }
    }
}
