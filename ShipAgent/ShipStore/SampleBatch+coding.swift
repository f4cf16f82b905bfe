import FleetModel
import FleetSeries

extension SampleBatch {
    /// The form in the window table: plain and quick, since it lives for a minute.
    func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 16 + numbers.count * 10)
        writer.writeVarint(UInt64(group))
        writer.writeSignedVarint(at.milliseconds)
        writer.writeVarint(numbers.count)
        var previous: Int64 = 0
        for number in numbers {
            writer.writeSignedVarint(Int64(number.rawValue) - previous)
            previous = Int64(number.rawValue)
        }
        for value in values { writer.writeLittleEndian(value.bitPattern) }
        return writer.bytes
    }

    init(decoding bytes: [UInt8]) throws(StoreError) {
        do {
            var reader = ByteReader(bytes)
            let group = try reader.readCount(limit: Int(UInt32.max))
            let at = Timestamp(milliseconds: try reader.readSignedVarint())
            let count = try reader.readCount(limit: reader.remaining)
            var numbers: [SeriesNumber] = []
            numbers.reserveCapacity(count)
            var previous: Int64 = 0
            for _ in 0..<count {
                previous &+= try reader.readSignedVarint()
                guard let number = UInt32(exactly: previous) else { throw ByteError.truncated }
                numbers.append(SeriesNumber(number))
            }
            var values: [Double] = []
            values.reserveCapacity(count)
            for _ in 0..<count {
                values.append(Double(bitPattern: try reader.readLittleEndian(UInt64.self)))
            }
            try reader.finish()
            self.init(group: UInt32(group), at: at, numbers: numbers, values: values)
        } catch {
            throw StoreError(.damaged, "a batch of samples in the store can't be read: \(error)")
        }
    }
}
