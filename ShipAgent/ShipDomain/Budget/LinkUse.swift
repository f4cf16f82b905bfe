/// What a link carried in some time.
package struct LinkUse: Sendable, Equatable {
    package private(set) var bytesUp: UInt64 = 0
    package private(set) var bytesDown: UInt64 = 0
    package private(set) var connected = Duration.zero

    mutating func add(_ bytes: UInt64, isUp: Bool) {
        if isUp { bytesUp += bytes } else { bytesDown += bytes }
    }

    mutating func add(connected time: Duration) { connected += time }
}
