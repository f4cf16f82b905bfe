import FleetSeries

/// One series' values in a row, bit by bit: as differences of whole numbers, or of tenths, hundredths
/// and so on, where all of them are; else by what differs between the bits of two that follow.
enum ValueRun {
    private static let bits: UInt8 = 255
    /// As far as measured values usually go; powers of ten up to 10²² are exact.
    private static let powers: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]
    private static let exactLimit = 9_007_199_254_740_992.0

    static func write(_ values: some Collection<Double>, to writer: inout ByteWriter) {
        guard !values.isEmpty else { return }
        if let scale = powers.indices.first(where: { power in
            values.allSatisfy { whole($0, powers[power]) != nil }
        }) {
            writer.writeByte(UInt8(scale))
            var last: Int64 = 0
            for value in values {
                let number = whole(value, powers[scale]) ?? 0
                writer.writeSignedVarint(number - last)
                last = number
            }
            return
        }
        writer.writeByte(bits)
        var differences: [UInt64] = []
        var last: UInt64 = 0
        for value in values {
            differences.append(value.bitPattern ^ last)
            last = value.bitPattern
        }
        for plane in 0..<UInt64(8) {
            for difference in differences {
                writer.writeByte(UInt8(truncatingIfNeeded: difference >> (8 * plane)))
            }
        }
    }

    static func read(_ count: Int, _ reader: inout ByteReader) throws -> [Double] {
        guard count > 0 else { return [] }
        let scale = try reader.readByte()
        var values: [Double] = []
        values.reserveCapacity(count)
        if scale == bits {
            let bytes = Array(try reader.readBytes(count * 8))
            var last: UInt64 = 0
            for index in 0..<count {
                for plane in 0..<8 {
                    last ^= UInt64(bytes[plane * count + index]) << UInt64(8 * plane)
                }
                values.append(Double(bitPattern: last))
            }
            return values
        }
        guard Int(scale) < powers.count else {
            throw DomainError(.invalid, "a rollup chunk has a scale that is not known")
        }
        var last: Int64 = 0
        for _ in 0..<count {
            last &+= try reader.readSignedVarint()
            values.append(Double(last) / powers[Int(scale)])
        }
        return values
    }

    /// The whole number that gives exactly this value when divided by the power.
    private static func whole(_ value: Double, _ power: Double) -> Int64? {
        let scaled = (value * power).rounded()
        guard scaled.magnitude < exactLimit else { return nil }
        let number = Int64(scaled)
        // Of −0 too: whole numbers have no such sign.
        return (Double(number) / power).bitPattern == value.bitPattern ? number : nil
    }
}
