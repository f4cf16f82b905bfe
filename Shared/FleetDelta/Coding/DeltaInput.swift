import Glibc

/// The bytes of one frame of a delta, read from its file little by little.
final class DeltaInput {
    private let descriptor: Int32
    private var offset: Int
    private let end: Int
    private let buffer: UnsafeMutablePointer<UInt8>
    private static let capacity = 65_536
    private var position = 0
    private var filled = 0
    /// Bytes that were asked for behind the end.
    private(set) var bytesBehindEnd = 0

    /// - Parameter descriptor: an open file, which outlives this.
    init(descriptor: Int32, range: Range<Int>) {
        self.descriptor = descriptor
        offset = range.lowerBound
        end = range.upperBound
        buffer = .allocate(capacity: Self.capacity)
    }

    deinit { buffer.deallocate() }

    @inline(__always)
    func next() -> UInt8 {
        if position == filled { refill() }
        guard position < filled else {
            bytesBehindEnd += 1
            return 0
        }
        defer { position += 1 }
        return buffer[position]
    }

    /// Whether every byte was asked for.
    var isAtEnd: Bool { position == filled && offset >= end }

    @inline(never)
    private func refill() {
        position = 0
        filled = 0
        let count = min(Self.capacity, end - offset)
        guard count > 0 else { return }
        // A failure reads as the end, which the coder finds to be too early.
        let read = pread(descriptor, buffer, count, off_t(offset))
        guard read > 0 else {
            offset = end
            return
        }
        filled = read
        offset += read
    }
}
