import FleetModel
import FleetSeries

/// Remote read's answer in one message; `RemoteReadFrames` is the other one.
package enum RemoteReadEncoder {
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

    static func write(_ labels: LabelSet, to message: inout ProtobufWriter) {
        for label in labels.labels {
            message.write(1) { message in
                message.write(1, text: label.name)
                message.write(2, text: label.value)
            }
        }
    }
}
