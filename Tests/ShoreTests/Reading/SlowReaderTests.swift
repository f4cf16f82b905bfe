import FleetIdentity
import FleetModel
import FleetRuntime
import FleetTestSupport
import NIOCore
import NIOPosix
import NIOSSL
import Testing

/// Clients that ask for much and take it byte by byte. This takes the half minute that each part of
/// an answer is given.
@Suite(.shore, .timeLimit(.minutes(10)))
struct SlowReaderTests {
    private static let end = (Timestamp.now - .seconds(600)).floored(to: .seconds(3600))

    /// Asks, and then reads a byte a second.
    private func trickle(
        _ shore: Shore,
        path: String,
        token: String
    ) async throws -> any Channel {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates([
            try NIOSSLCertificate(bytes: shore.authority.der, format: .der)
        ])
        tls.certificateVerification = .noHostnameVerification
        let context = try NIOSSLContext(configuration: tls)
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(120))
            .channelOption(.socketOption(.so_rcvbuf), value: 4096)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        NIOSSLClientHandler(context: context, serverHostname: nil)
                    )
                }
            }
            .connect(host: "127.0.0.1", port: shore.apiPort)
            .get()
        let request =
            "GET \(path) HTTP/1.1\r\nHost: shore\r\nAuthorization: Bearer \(token)\r\n\r\n"
        try await channel.writeAndFlush(ByteBuffer(string: request))
        try await channel.setOption(.autoRead, value: false).get()
        try await channel.setOption(
            .recvAllocator,
            value: FixedSizeRecvByteBufferAllocator(capacity: 1)
        ).get()
        channel.eventLoop.scheduleRepeatedTask(
            initialDelay: .seconds(1),
            delay: .seconds(1)
        ) { task in
            if channel.isActive { channel.read() } else { task.cancel() }
        }
        return channel
    }

    @Test func `whoever does not read its answer is cut off, and others get theirs`() async throws {
        let shore = try Shore.current()
        let owner = try await shore.makeTenant("trickle")
        // As JSON more than what the sockets' buffers take.
        try await Fleet(shore: shore).store(
            try await shore.makeShip("aurora", of: owner),
            labels: (0..<200).map { LabelSet(name: "pump_pressure", ["pump": "\($0)"]) },
            batches: Fleet.batches(
                series: 200,
                from: Self.end - .seconds(20_000),
                count: 2000,
                every: .seconds(10)
            ) { series, step in Double(series * 1000 + step) / 7 }
        )
        let token = try await shore.makeToken(owner)
        let path =
            "/api/v1/ships/aurora/query_range?match[]=pump_pressure"
            + "&start=\((Self.end - .seconds(20_000)).milliseconds / 1000)&end=\(Self.end)"
        // As many as there are places for large queries.
        var slow: [any Channel] = []
        for _ in 0..<4 { slow.append(try await trickle(shore, path: path, token: token)) }
        try await eventually("the slow ones are cut off", timeout: .seconds(240)) {
            try await shore.metric("hawser_http_slow_readers_total") == 4
        }
        let answer = try await shore.call(
            "/api/v1/ships/aurora/query_range?match[]=pump_pressure%7Bpump%3D%221%22%7D",
            token: token
        )
        #expect(answer.status == 200)
        for channel in slow { channel.close(promise: nil) }
    }
}
