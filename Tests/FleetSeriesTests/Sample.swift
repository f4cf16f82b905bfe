import FleetModel
import FleetSeries

/// One sample with everything that must survive, bit by bit.
struct Sample: Hashable, Comparable, CustomStringConvertible {
    let group: UInt32
    let at: Int64
    let number: UInt32
    let bits: UInt64

    static func < (left: Self, right: Self) -> Bool {
        (left.group, left.at, left.number, left.bits)
            < (right.group, right.at, right.number, right.bits)
    }

    var description: String { "(\(group) @\(at) #\(number) \(String(bits, radix: 16)))" }
}

extension [SampleBatch] {
    /// All samples, in an order of their own.
    var samples: [Sample] {
        flatMap { batch in
            zip(batch.numbers, batch.values).map { number, value in
                Sample(
                    group: batch.group,
                    at: batch.at.milliseconds,
                    number: number.rawValue,
                    bits: value.bitPattern
                )
            }
        }.sorted()
    }

    /// The times of one group's batches, in order.
    func times(of group: UInt32) -> [Int64] {
        filter { $0.group == group }.map(\.at.milliseconds)
    }
}

/// One batch of one group.
func batch(_ at: Int64, _ samples: [(UInt32, Double)], group: UInt32 = 0) -> SampleBatch {
    SampleBatch(
        group: group,
        at: Timestamp(milliseconds: at),
        numbers: samples.map { SeriesNumber($0.0) },
        values: samples.map(\.1)
    )
}

/// The code of the error that `body` throws, or `nil` when it throws none.
func failure(_ body: () throws(SegmentError) -> Void) -> SegmentError.Code? {
    do throws(SegmentError) {
        try body()
        return nil
    } catch {
        return error.code
    }
}

/// The same segment with another content, its checksum right again.
func resealed(_ bytes: [UInt8], _ change: (inout [UInt8]) -> Void) -> [UInt8] {
    var content = Array(bytes.dropLast(4))
    change(&content)
    var writer = ByteWriter()
    writer.writeBytes(content)
    writer.writeLittleEndian(CRC32C.checksum(content))
    return writer.bytes
}
