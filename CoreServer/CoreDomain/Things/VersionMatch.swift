/// Which version of a thing a change is meant for: nobody undoes what they have not seen.
package enum VersionMatch: Sendable, Hashable {
    /// Whatever it is.
    case any
    case versions(Set<Int64>)

    /// - Throws: `DomainError` `preconditionFailed`.
    package func check(_ thing: some Thing) throws(DomainError) {
        guard case .versions(let accepted) = self, !accepted.contains(thing.version) else { return }
        throw DomainError(
            .preconditionFailed,
            "it was changed since: it is at version \(thing.version); read it again"
        )
    }
}
