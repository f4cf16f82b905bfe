import NIOCore
import NIOPosix
import Synchronization

/// Exporters on one port: `/metrics/N` gives the N-th part of the series as text, with the values of
/// the next round each time it is asked.
final class TextExporter: Sendable {
    private let seriesPerTarget: Int
    /// The text before each value, by target.
    private let lines: [[[UInt8]]]
    private let rounds: Mutex<[Int]>

    init(targets: Int, seriesPerTarget: Int) {
        self.seriesPerTarget = seriesPerTarget
        lines = (0..<targets).map { target in
            (0..<seriesPerTarget).map { place in
                let labels = WriteLoad.labels(target * seriesPerTarget + place)
                let pairs = labels.dropFirst().filter { $0.0 != "job" && $0.0 != "instance" }
                    .map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
                return Array("\(labels[0].1){part=\"\(place / 200)\",\(pairs)} ".utf8)
            }
        }
        rounds = Mutex([Int](repeating: 0, count: targets))
    }

    private func body(_ target: Int) -> ByteBuffer {
        let round = rounds.withLock { rounds in
            rounds[target] += 1
            return rounds[target]
        }
        var buffer = ByteBuffer()
        buffer.reserveCapacity(seriesPerTarget * 190)
        for (place, line) in lines[target].enumerated() {
            buffer.writeBytes(line)
            let value = WriteLoad.value(target * seriesPerTarget + place, round)
            let text = value == value.rounded() ? "\(Int(value))\n" : "\(value)\n"
            buffer.writeString(text)
        }
        return buffer
    }

    /// Lends the port it serves at.
    func serve<Result: Sendable>(
        _ body: @escaping @Sendable (Int) async throws -> Result
    ) async throws -> Result {
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
        return try await server.executeThenClose { connections in
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                tasks.addTask {
                    try await withThrowingDiscardingTaskGroup { group in
                        for try await connection in connections {
                            group.addTask { await self.answer(connection) }
                        }
                    }
                }
                let result = try await body(server.channel.localAddress?.port ?? 0)
                tasks.cancelAll()
                return result
            }
        }
    }

    private func answer(_ stream: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async {
        // An agent that goes away is how a benchmark ends.
        try? await stream.executeThenClose { inbound, outbound in
            var request = ""
            for try await part in inbound {
                request += String(buffer: part)
                guard request.contains("\r\n\r\n") else { continue }
                let path = request.split(separator: " ").dropFirst().first ?? ""
                request = ""
                let target = Int(path.split(separator: "/").last ?? "") ?? 0
                let text = body(min(target, lines.count - 1))
                var answer = ByteBuffer(
                    string: "HTTP/1.1 200 OK\r\ncontent-type: text/plain; version=0.0.4\r\n"
                        + "content-length: \(text.readableBytes)\r\n\r\n"
                )
                var body = text
                answer.writeBuffer(&body)
                try await outbound.write(answer)
            }
        }
    }
}
