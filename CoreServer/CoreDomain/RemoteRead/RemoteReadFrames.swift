import FleetSeries

/// Remote read's streamed answer, frame by frame: a varint length, a CRC-32C in big-endian order, and
/// a `ChunkedReadResponse` of chunks of one series. Series follow one another in order.
package struct RemoteReadFrames: Sequence, IteratorProtocol {
    /// A frame ends when it has reached this size; Prometheus' own limit of one is 1 MiB.
    static let frameBytes = 256 * 1024

    private let results: [RemoteReadResult]
    private var query = 0
    private var series = 0
    private var sample = 0

    package init(_ results: [RemoteReadResult]) {
        self.results = results
    }

    package mutating func next() -> [UInt8]? {
        while query < results.count, series >= results[query].series.count {
            query += 1
            series = 0
        }
        guard query < results.count else { return nil }
        let current = results[query].series[series]
        var message = ProtobufWriter()
        RemoteReadEncoder.write(current.labels, to: &message)
        while message.bytes.count < Self.frameBytes, sample < current.samples.count {
            let end = Swift.min(sample + XORChunk.sampleLimit, current.samples.count)
            Self.write(current.samples[sample..<end], to: &message)
            sample = end
        }
        var response = ProtobufWriter()
        response.write(1, bytes: message.bytes)
        response.write(2, integer: Int64(query))
        if sample >= current.samples.count {
            series += 1
            sample = 0
        }
        return Self.frame(response.bytes)
    }

    private static func write(_ samples: ArraySlice<RawSample>, to message: inout ProtobufWriter) {
        var chunk = XORChunk()
        for sample in samples { chunk.append(at: sample.at, sample.value) }
        message.write(2) { message in
            message.write(1, integer: chunk.firstAt)
            message.write(2, integer: chunk.lastAt)
            // 1: XOR.
            message.write(3, integer: 1)
            message.write(4, bytes: chunk.bytes)
        }
    }

    private static func frame(_ message: [UInt8]) -> [UInt8] {
        var writer = ByteWriter(reserving: message.count + 16)
        writer.writeVarint(message.count)
        writer.writeLittleEndian(CRC32C.checksum(message).byteSwapped)
        writer.writeBytes(message)
        return writer.bytes
    }
}
