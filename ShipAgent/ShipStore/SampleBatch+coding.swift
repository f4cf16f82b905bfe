import FleetModel
import FleetSeries

extension SampleBatch {
    /// The form in the window table: plain and quick, since it lives for a minute.
    ///
    /// Written past `ByteWriter`: every sample that comes aboard passes here, twice.
    func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 30)
        writer.writeVarint(UInt64(group))
        writer.writeSignedVarint(at.milliseconds)
        writer.writeVarint(numbers.count)
        let head = writer.bytes
        // A difference of two series' numbers has at most five bytes.
        let capacity = head.count + numbers.count * 13
        return [UInt8](unsafeUninitializedCapacity: capacity) { target, count in
            var place = 0
            for byte in head {
                target[place] = byte
                place &+= 1
            }
            var previous: Int64 = 0
            for number in numbers {
                let value = Int64(number.rawValue)
                let difference = value &- previous
                previous = value
                var rest = UInt64(bitPattern: (difference &<< 1) ^ (difference &>> 63))
                while rest >= 0x80 {
                    target[place] = UInt8(truncatingIfNeeded: rest) | 0x80
                    place &+= 1
                    rest &>>= 7
                }
                target[place] = UInt8(truncatingIfNeeded: rest)
                place &+= 1
            }
            let raw = UnsafeMutableRawBufferPointer(target)
            for value in values {
                raw.storeBytes(
                    of: value.bitPattern.littleEndian,
                    toByteOffset: place,
                    as: UInt64.self
                )
                place &+= 8
            }
            count = place
        }
    }

    init(decoding bytes: [UInt8]) throws(StoreError) {
        do {
            var reader = ByteReader(bytes)
            let group = try reader.readCount(limit: Int(UInt32.max))
            let at = Timestamp(milliseconds: try reader.readSignedVarint())
            let count = try reader.readCount(limit: reader.remaining)
            var place = bytes.count - reader.remaining
            let numbers = try Self.numbers(count, in: bytes.span, at: &place)
            guard bytes.count - place == count * 8 else { throw ByteError.truncated }
            let values = [Double](unsafeUninitializedCapacity: count) { target, filled in
                let source = bytes.span.bytes
                for index in 0..<count {
                    let bits = source.unsafeLoadUnaligned(
                        fromByteOffset: place &+ index &* 8,
                        as: UInt64.self
                    )
                    target.initializeElement(
                        at: index,
                        to: Double(bitPattern: UInt64(littleEndian: bits))
                    )
                }
                filled = count
            }
            self.init(group: UInt32(group), at: at, numbers: numbers, values: values)
        } catch {
            throw StoreError(.damaged, "a batch of samples in the store can't be read: \(error)")
        }
    }

    /// Differences, zigzag and as varints.
    private static func numbers(
        _ count: Int,
        in bytes: Span<UInt8>,
        at place: inout Int
    ) throws(ByteError) -> [SeriesNumber] {
        var numbers: [SeriesNumber] = []
        numbers.reserveCapacity(count)
        var previous: Int64 = 0
        for _ in 0..<count {
            var word: UInt64 = 0
            var shift: UInt64 = 0
            while true {
                guard place < bytes.count, shift < 63 else { throw .truncated }
                let byte = bytes[place]
                place &+= 1
                word |= UInt64(byte & 0x7F) &<< shift
                if byte < 0x80 { break }
                shift &+= 7
            }
            previous &+= Int64(bitPattern: word &>> 1) ^ -Int64(bitPattern: word & 1)
            guard let number = UInt32(exactly: previous) else { throw .truncated }
            numbers.append(SeriesNumber(number))
        }
        return numbers
    }
}
