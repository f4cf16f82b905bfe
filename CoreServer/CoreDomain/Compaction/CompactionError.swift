/// Why a day was not compacted: nothing was changed.
package enum CompactionError: Error, Sendable, CustomStringConvertible {
    /// What was sealed does not read back as what was to be sealed.
    case unequal(day: String)
    /// A block cites a series that the catalogue does not have.
    case unknownSeries(number: UInt32)

    package var description: String {
        switch self {
        case .unequal(let day):
            "the chunks of \(day) do not read back as the blocks they were made of; the blocks stay"
        case .unknownSeries(let number):
            "a block cites the ship's series \(number), which was never defined; the blocks stay"
        }
    }
}
