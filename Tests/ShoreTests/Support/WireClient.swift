import FleetIdentity
import FleetProtocol
import FleetTestSupport
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A connection to the shore that sends whatever a test likes.
struct WireClient: Sendable {
    private let channel: any Channel
    private let inbox: WireInbox

    /// - Parameters:
    ///   - ship: whose certificate to show; `nil` shows none.
    ///   - authority: whom to trust; `nil` speaks no TLS at all.
    static func connect(
        port: Int,
        as ship: TestShip? = nil,
        authority: IssuedCertificate?,
        newestTLS: TLSVersion = .tlsv13
    ) async throws -> WireClient {
        let inbox = WireInbox()
        let context = try authority.map { try Self.context($0, ship, newestTLS) }
        let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.seconds(120))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        let tls = try NIOSSLClientHandler(
                            context: context,
                            serverHostname: CertificateAuthority.shoreName
                        )
                        try channel.pipeline.syncOperations.addHandler(tls)
                    }
                    try channel.pipeline.syncOperations.addHandler(inbox)
                }
            }
            .connect(host: "127.0.0.1", port: port)
            .get()
        return WireClient(channel: channel, inbox: inbox)
    }

    private static func context(
        _ authority: IssuedCertificate,
        _ ship: TestShip?,
        _ newestTLS: TLSVersion
    ) throws -> NIOSSLContext {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.maximumTLSVersion = newestTLS
        tls.trustRoots = .certificates([try NIOSSLCertificate(bytes: authority.der, format: .der)])
        if let ship {
            tls.certificateChain = [
                .certificate(try NIOSSLCertificate(bytes: ship.certificate.der, format: .der))
            ]
            tls.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: Array(ship.key.pem.utf8), format: .pem)
            )
            tls.applicationProtocols = [ProtocolVersion.applicationProtocol]
        }
        return try NIOSSLContext(configuration: tls)
    }

    /// Failures show as the connection's end.
    func send(_ bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    func send(_ frame: Frame) {
        send(FrameEncoder.encode(frame))
    }

    func close() {
        channel.close(promise: nil)
    }

    /// Application data so far, after TLS.
    var received: [UInt8] { inbox.state.withLock { $0.bytes } }

    var isClosed: Bool { inbox.state.withLock { $0.isClosed } }

    /// What TLS and the socket complained about.
    var errors: [String] { inbox.state.withLock { $0.errors } }

    /// Every whole frame so far.
    func frames() throws -> [Frame] {
        var decoder = FrameDecoder()
        decoder.append(received)
        var frames: [Frame] = []
        while let frame = try decoder.next() { frames.append(frame) }
        return frames
    }

    /// Waits until the shore ends the connection, and gives its last word.
    func waitForEnd(timeout: Duration = .seconds(120)) async throws -> Goodbye? {
        try await eventually("the shore ends the connection", timeout: timeout) { isClosed }
        guard case .goodbye(let goodbye)? = try frames().last else { return nil }
        return goodbye
    }

    /// Waits for a frame that `select` takes.
    func waitForFrame<Value>(
        _ expectation: String,
        _ select: (Frame) -> Value?
    ) async throws -> Value {
        try await eventually(expectation) { try frames().lazy.compactMap(select).first }
    }
}
