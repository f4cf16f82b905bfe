/// What could be found of raw samples that the shore asked for; it goes first now.
package struct Recall: Sendable, Equatable {
    package private(set) var items = 0
    package private(set) var samples: UInt64 = 0
    package private(set) var bytes: UInt64 = 0
    /// Set where `items` ended it: there may be more within the bytes.
    package internal(set) var isUnfinished = false

    mutating func add(samples: Int64, bytes: Int64) {
        items += 1
        self.samples += UInt64(clamping: samples)
        self.bytes += UInt64(clamping: bytes)
    }
}
