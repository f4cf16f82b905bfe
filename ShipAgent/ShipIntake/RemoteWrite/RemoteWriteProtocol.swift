import NIOHTTP1

/// Which version of Prometheus' protocol a request speaks, by its headers.
enum RemoteWriteProtocol: Sendable, Equatable {
    case first, second

    /// - Throws: `IntakeProblem` 415 for what the ship does not speak; a sender that can, then falls
    ///   back to version 1 with snappy.
    init(_ headers: HTTPHeaders) throws(IntakeProblem) {
        let encoding = headers.first(name: "content-encoding")?.lowercased() ?? "snappy"
        guard encoding == "snappy" else {
            throw Self.unsupported(
                "the body must be packed with snappy, not \(encoding.prefix(32))"
            )
        }
        let type = headers.first(name: "content-type") ?? "application/x-protobuf"
        let parts = type.split(separator: ";").map { $0.filter { $0 != " " } }
        guard parts.first?.lowercased() == "application/x-protobuf" else {
            throw Self.unsupported("the body must be application/x-protobuf")
        }
        let message = parts.dropFirst().first { $0.lowercased().hasPrefix("proto=") }?.dropFirst(6)
        switch message {
        case nil, "prometheus.WriteRequest": self = .first
        case "io.prometheus.write.v2.Request": self = .second
        default: throw Self.unsupported("the ship takes prometheus.WriteRequest and its version 2")
        }
    }

    private static func unsupported(_ detail: String) -> IntakeProblem {
        IntakeProblem(.unsupportedMediaType, "unsupported_media_type", detail)
    }
}
