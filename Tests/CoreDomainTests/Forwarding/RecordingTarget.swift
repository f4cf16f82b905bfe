import FleetModel
import FleetSeries
import Synchronization

@testable import CoreDomain

/// A target that writes down what it accepted, and answers as it was told.
final class RecordingTarget: ForwardingTransport {
    struct Sample: Hashable {
        let ship: String
        let line: String
        let at: Int64
        let bits: UInt64
    }

    private struct State {
        var answers: [ForwardingAnswer] = []
        var samples: [Sample] = []
        var requests = 0
    }

    private let state = Mutex(State())

    var samples: [Sample] { state.withLock { $0.samples } }
    var requests: Int { state.withLock { $0.requests } }

    /// What it answers to the next requests; then it accepts.
    func answer(_ answers: [ForwardingAnswer]) { state.withLock { $0.answers = answers } }

    func send(_ body: [UInt8], to target: ForwardingTarget) async throws -> ForwardingAnswer {
        let samples = try Self.samples(body)
        return state.withLock { state in
            state.requests += 1
            let answer = state.answers.isEmpty ? .accepted : state.answers.removeFirst()
            if answer == .accepted { state.samples += samples }
            return answer
        }
    }

    private static func samples(_ body: [UInt8]) throws -> [Sample] {
        let message = try Snappy.decompress(body[...], limit: 64 << 20)
        var samples: [Sample] = []
        var request = ProtobufReader(message[...])
        while let (_, value) = try request.next() {
            var labels: [String: String] = [:]
            var series = ProtobufReader(value.content)
            while let (field, value) = try series.next() {
                var reader = ProtobufReader(value.content)
                if field == 1 {
                    var (name, text) = ("", "")
                    while let (field, value) = try reader.next() {
                        if field == 1 { name = try value.text() } else { text = try value.text() }
                    }
                    labels[name] = text
                } else {
                    var (number, at) = (0.0, Int64(0))
                    while let (field, value) = try reader.next() {
                        if field == 1 { number = value.double } else { at = value.integer }
                    }
                    samples.append(
                        Sample(
                            ship: labels["ship"] ?? "",
                            line: labels["line"] ?? "",
                            at: at,
                            bits: number.bitPattern
                        )
                    )
                }
            }
        }
        return samples
    }
}
