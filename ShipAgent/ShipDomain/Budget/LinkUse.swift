/// Bytes that a link carried in some time.
package struct LinkUse: Sendable, Equatable {
    package private(set) var bytesUp: UInt64 = 0
    package private(set) var bytesDown: UInt64 = 0

    mutating func add(_ bytes: UInt64, isUp: Bool) {
        if isUp { bytesUp += bytes } else { bytesDown += bytes }
    }
}
