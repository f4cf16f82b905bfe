import FleetIdentity
import FleetModel
import FleetProtocol
import FleetRuntime
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import ShipDomain
import ShipStore

/// Keeps a session with the shore whenever the link is there.
package struct Uplink: Service {
    package struct Configuration: Sendable {
        /// The agent's data directory, with the ship's identity in it.
        package var directory: String
        package var agentVersion: String
        package var connectTimeout: Duration
        package var retryFloor: Duration
        package var retryCeiling: Duration

        package init(
            directory: String,
            agentVersion: String,
            connectTimeout: Duration = .seconds(30),
            retryFloor: Duration = .seconds(1),
            retryCeiling: Duration = .seconds(60)
        ) {
            self.directory = directory
            self.agentVersion = agentVersion
            self.connectTimeout = connectTimeout
            self.retryFloor = retryFloor
            self.retryCeiling = retryCeiling
        }
    }

    private let configuration: Configuration
    private let store: ShipStore
    private let desk: LinkDesk
    private let notebook: Notebook
    private let port: (any OrderPort)?
    private let status: LinkStatus
    private let clock: WallClock
    private let logger: Logger
    private let epochs: NewEpochs
    /// This process, to the shore.
    private let instance = UInt64.random(in: 1 ... .max)

    package init(
        _ configuration: Configuration,
        store: ShipStore,
        desk: LinkDesk,
        notebook: Notebook,
        port: (any OrderPort)? = nil,
        clock: WallClock,
        logger: Logger
    ) {
        self.port = port
        self.configuration = configuration
        self.store = store
        self.desk = desk
        self.notebook = notebook
        self.status = LinkStatus(store: store, clock: clock)
        self.clock = clock
        self.logger = logger
        epochs = NewEpochs(store: store, notebook: notebook, logger: logger)
    }

    package func run() async throws {
        await status.set(.disconnected)
        await cancelWhenGracefulShutdown { await connectForEver() }
        // What was spent counts after a restart too.
        try? await desk.refresh()
        await status.set(.disconnected)
    }

    private func connectForEver() async {
        var backoff = Backoff(
            floor: configuration.retryFloor,
            ceiling: configuration.retryCeiling
        )
        let throttle = Throttle(every: .seconds(60))
        var outage = Outage()
        while !Task.isCancelled {
            var pause: Duration?
            var isLinksDoing = true
            do {
                pause = try await converse(outage)
            } catch is CancellationError where Task.isCancelled {
                return
            } catch {
                let reason = CommandLineFailure.describe(error)
                await status.fail(reason)
                throttle.log(logger, .info, "the shore can't be reached: \(reason)")
                pause = Self.pause(after: error)
                isLinksDoing = Self.isLinksDoing(error)
            }
            await status.set(.disconnected)
            // A link that is cut soon comes back soon. A session that fails for a reason of its own
            // would fail again, and a handshake costs 3 kB.
            if outage.wasUseful || (outage.wasOpened && isLinksDoing) { backoff.reset() }
            outage = outage.next()
            let delay = pause ?? backoff.next(random: .random(in: 0..<1))
            try? await Task.sleep(for: delay)
        }
    }

    /// Whether the connection was lost, rather than given up by either side.
    private static func isLinksDoing(_ error: any Error) -> Bool {
        switch error {
        case is StoreError, is SessionRefusal, is FileError, is IdentityError: false
        case let error as ProtocolError: error.code == .silent
        default: true
        }
    }

    private static func isDisagreement(_ error: any Error) -> Bool {
        let code = ProtocolError.Code.positionDisagreement
        return (error as? ProtocolError)?.code == code
            || (error as? SessionRefusal)?.code == code.name
    }

    /// How long to stay away where trying again soon would only cost bytes.
    private static func pause(after error: any Error) -> Duration? {
        if let refusal = error as? SessionRefusal, !isDisagreement(error) {
            return refusal.retryAfter
        }
        // It was mended just now, and did not hold.
        let code = (error as? ProtocolError)?.code
        return code == .positionDisagreement || isDisagreement(error) ? .seconds(600) : nil
    }

    /// One connection, from its first byte to its last.
    ///
    /// - Returns: how long the shore wants the ship to stay away, if it said so.
    private func converse(_ outage: Outage) async throws -> Duration? {
        let credentials = try ShipCredentials.load(from: configuration.directory)
        let context = try PinnedTLS.sync(credentials)
        let channel = try await connect(credentials, context)
        // The class of link may be another than at the last connection.
        try? await desk.refresh()
        desk.sessionOpened()
        defer { desk.sessionEnded() }
        return try await channel.executeThenClose { inbound, outbound in
            let session = try await UplinkSession(
                store: store,
                desk: desk,
                status: status,
                clock: clock,
                agentVersion: configuration.agentVersion,
                directory: configuration.directory,
                instance: instance,
                notebook: notebook,
                credentials: credentials,
                port: port,
                logger: logger,
                outage: outage,
                outbound: outbound
            )
            do {
                let retryAfter = try await carry(session, inbound, outage)
                await session.ended()
                return retryAfter
            } catch {
                await session.ended()
                guard Self.isDisagreement(error) else { throw error }
                let hasBegun = await epochs.begin(
                    truth: session.truth,
                    because: CommandLineFailure.describe(error)
                )
                guard hasBegun else { throw error }
                return .milliseconds(100)
            }
        }
    }

    /// The shore has answered.
    private func opened(_ outage: Outage) async {
        outage.end()
        await status.set(.connected)
        guard let since = outage.since, ContinuousClock.now - since > .seconds(1) else { return }
        let seconds = (ContinuousClock.now - since).milliseconds / 1000
        await notebook.note(.info, "link_restored", "the link was away for \(seconds) s")
    }

    private func carry(
        _ session: UplinkSession,
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>,
        _ outage: Outage
    ) async throws -> Duration? {
        try await session.greet()
        // `true` from the task that reads: the session is over. A failure of any task ends it.
        return try await withThrowingTaskGroup(of: Bool.self) { group in
            defer { group.cancelAll() }
            group.addTask {
                try await session.send()
                return false
            }
            group.addTask {
                try await session.watch()
                return false
            }
            group.addTask {
                try await session.follow()
                return false
            }
            group.addTask {
                try await session.followOrders()
                return false
            }
            group.addTask {
                try await session.receive(inbound) { await opened(outage) }
                return true
            }
            while let isOver = try await group.next(), !isOver {}
            return await session.retryAfter
        }
    }

    private func connect(
        _ credentials: ShipCredentials,
        _ context: NIOSSLContext
    ) async throws -> NIOAsyncChannel<ByteBuffer, ByteBuffer> {
        try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connectTimeout(.milliseconds(configuration.connectTimeout.milliseconds))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(
                ChannelOptions.Types.SocketOption(level: .tcp, name: Self.notSentLowWater),
                value: Self.unsentBytes
            )
            .channelOption(
                .writeBufferWaterMark,
                value: .init(low: Limits.framePayloadBytes / 2, high: Limits.framePayloadBytes)
            )
            .connect(host: credentials.host, port: credentials.port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let tls = try NIOSSLClientHandler(
                        context: context,
                        serverHostname: CertificateAuthority.shoreName
                    )
                    try channel.pipeline.syncOperations.addHandler(tls)
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel
                    )
                }
            }
    }

    /// TCP_NOTSENT_LOWAT of linux/tcp.h: what the kernel may hold unsent. Without it a socket's
    /// buffer grows to megabytes, minutes at 128 kbit/s that an alert would wait behind.
    private static let notSentLowWater = NIOBSDSocket.Option(rawValue: 25)
    private static let unsentBytes = 16 * 1024
}
