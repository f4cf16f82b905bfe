import FleetModel
import FleetSeries

/// Remote read's two answers, as bytes.
package enum RemoteReadEncoder {
    /// A frame ends when it has reached this size; Prometheus' own limit of one is 1 MiB.
    static let frameBytes = 256 * 1024

    /// `ReadResponse`, in snappy's block format.
    package static func samples(_ results: [RemoteReadResult]) throws -> [UInt8] {
        var response = ProtobufWriter()
        for result in results {
            response.write(1) { message in
                for series in result.series {
                    message.write(1) { message in
                        write(series.labels, to: &message)
                        for sample in series.samples {
                            message.write(2) { message in
                                message.write(1, double: sample.value)
                                message.write(2, integer: sample.at)
                            }
                        }
                    }
                }
            }
        }
        return try Snappy.compress(response.bytes)
    }

    /// Calls `body` with every frame: a varint length, a CRC-32C in big-endian order, and a
    /// `ChunkedReadResponse`, series after series.
    package static func eachFrame(
        _ results: [RemoteReadResult],
        _ body: ([UInt8]) async throws -> Void
    ) async throws {
        for (index, result) in results.enumerated() {
            for series in result.series {
                var rest = series.samples[...]
                repeat {
                    var message = ProtobufWriter()
                    write(series.labels, to: &message)
                    while message.bytes.count < frameBytes, !rest.isEmpty {
                        write(rest.prefix(XORChunk.sampleLimit), to: &message)
                        rest = rest.dropFirst(XORChunk.sampleLimit)
                    }
                    var response = ProtobufWriter()
                    response.write(1, bytes: message.bytes)
                    response.write(2, integer: Int64(index))
                    try await body(frame(response.bytes))
                } while !rest.isEmpty
            }
        }
    }

    private static func write(_ labels: LabelSet, to message: inout ProtobufWriter) {
        for label in labels.labels {
            message.write(1) { message in
                message.write(1, text: label.name)
                message.write(2, text: label.value)
            }
        }
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
