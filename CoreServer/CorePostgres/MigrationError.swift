/// Why the schema is not what this program needs. Nothing was changed by the step that failed.
package enum MigrationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A released file is not what was applied.
    case changed(number: Int, title: String)
    /// The database holds a step this program does not know.
    case ahead(number: Int, newestKnown: Int)
    /// A step was added in front of ones that were applied already.
    case outOfOrder(number: Int, title: String)
    /// A file contains COMMIT or ROLLBACK.
    case endsTransaction(number: Int, title: String)
    case failed(number: Int, title: String, reason: String)

    package var description: String {
        switch self {
        case .changed(let number, let title):
            "Migration \(number) (\(title)) is not the one that was applied: "
                + "a released migration was changed. Install the original program"
        case .ahead(let number, let newestKnown):
            "The database has migration \(number), this program knows them up to "
                + "\(newestKnown): start a newer program"
        case .outOfOrder(let number, let title):
            "Migration \(number) (\(title)) was never applied, but later ones were: "
                + "a migration was added out of order"
        case .endsTransaction(let number, let title):
            "Migration \(number) (\(title)) ends its transaction, which is not its to end"
        case .failed(let number, let title, let reason):
            "Migration \(number) (\(title)) failed and was rolled back: \(reason)"
        }
    }
}
