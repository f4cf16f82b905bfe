/// The memory that a coder's contexts live in: outside of an array, whose checks would cost as much
/// as the coding.
///
/// A class for the sake of its `deinit`: that of a noncopyable struct within another one was not
/// run when an error was thrown (Swift 6.3), which the address sanitizer's run of the fuzzing told.
final class ProbabilityTable {
    let cells: UnsafeMutablePointer<Probability>
    let rates: UnsafeMutablePointer<Int64>
    let count: Int

    init(_ probabilities: [Probability]) {
        count = probabilities.count
        cells = Self.copy(probabilities)
        rates = Self.copy(Probability.rates)
    }

    deinit {
        cells.deallocate()
        rates.deallocate()
    }

    /// The table as it stands now.
    var probabilities: [Probability] {
        withExtendedLifetime(self) {
            Array(UnsafeBufferPointer(start: cells, count: count))
        }
    }

    private static func copy<Element: BitwiseCopyable>(
        _ array: [Element]
    ) -> UnsafeMutablePointer<Element> {
        let copy = UnsafeMutablePointer<Element>.allocate(capacity: array.count)
        array.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { copy.initialize(from: base, count: source.count) }
        }
        return copy
    }
}
