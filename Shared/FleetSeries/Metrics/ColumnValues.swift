/// One column's values: a part, counted from 0, of the one array that its group was decoded into.
///
/// An array of its own for every column would cost more to allocate than to decode.
package struct ColumnValues: RandomAccessCollection, Sendable, Equatable {
    @usableFromInline let storage: [Double]
    @usableFromInline let offset: Int
    package let count: Int

    @inlinable
    package init(_ values: [Double]) {
        self.init(storage: values, range: values.indices)
    }

    @usableFromInline
    init(storage: [Double], range: Range<Int>) {
        self.storage = storage
        offset = range.lowerBound
        count = range.count
    }

    @inlinable package var startIndex: Int { 0 }

    @inlinable package var endIndex: Int { count }

    @inlinable
    package subscript(index: Int) -> Double {
        precondition(index >= 0 && index < count, "a column has a value for each of its rows")
        return storage[offset + index]
    }

    @inlinable
    package func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<Double>) throws -> Result
    ) rethrows -> Result? {
        try storage.withUnsafeBufferPointer { all in
            try body(UnsafeBufferPointer(rebasing: all[offset..<offset + count]))
        }
    }

    /// Bit by bit: NaN payloads and −0.0 count.
    package static func == (left: Self, right: Self) -> Bool {
        left.elementsEqual(right) { $0.bitPattern == $1.bitPattern }
    }
}
