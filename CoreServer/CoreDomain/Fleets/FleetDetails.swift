/// What of a fleet can be set.
package struct FleetDetails: Sendable, Hashable {
    package var description: String
    package var selector: FleetSelector

    package init(description: String = "", selector: FleetSelector) {
        self.description = description
        self.selector = selector
    }

    /// - Throws: `DomainError` `invalid`.
    func check() throws(DomainError) {
        try ThingText.check(description, "description", in: 0...500)
    }
}
