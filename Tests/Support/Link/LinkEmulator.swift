import NIOCore
import NIOPosix
import Synchronization

/// A bad link between real programs: a TCP proxy that delays, limits, loses and cuts.
///
/// It needs no rights and no kernel module. Point the ship at `port` instead of at the shore. One
/// emulator is one link; all its connections share the capacity.
///
/// A cut resets both sides, and the bytes under way are gone, as when a satellite modem forgets
/// its connections.
package final class LinkEmulator: Sendable {
    /// The port it listens on.
    package let port: Int
    private let group: MultiThreadedEventLoopGroup
    private let listener: any Channel
    private let core: NIOLoopBound<LinkCore>
    private let shared: LinkShared

    /// Starts listening.
    ///
    /// - Parameters:
    ///   - listen: where; port 0 takes a free one.
    ///   - upstream: where connections go. It need not be there yet.
    /// - Throws: what the system says if it can't listen.
    package static func start(
        listen: (host: String, port: Int) = ("127.0.0.1", 0),
        upstream: (host: String, port: Int),
        conditions: LinkConditions = .perfect
    ) async throws -> LinkEmulator {
        // One thread: everything that happens on the link happens in one order.
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        do {
            let loop = group.next()
            let shared = LinkShared()
            let host = upstream.host
            let port = upstream.port
            let core = try await loop.submit {
                NIOLoopBound(
                    LinkCore(
                        loop: loop,
                        host: host,
                        port: port,
                        conditions: conditions,
                        shared: shared
                    ),
                    eventLoop: loop
                )
            }.get()
            let listener = try await ServerBootstrap(group: group)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelOption(.backlog, value: 256)
                .childChannelOption(.autoRead, value: false)
                .childChannelOption(.allowRemoteHalfClosure, value: true)
                .childChannelOption(.maxMessagesPerRead, value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try core.value.accepted(channel) }
                }
                .bind(host: listen.host, port: listen.port)
                .get()
            return LinkEmulator(group: group, listener: listener, core: core, shared: shared)
        } catch {
            try? await group.shutdownGracefully()
            throw error
        }
    }

    private init(
        group: MultiThreadedEventLoopGroup,
        listener: any Channel,
        core: NIOLoopBound<LinkCore>,
        shared: LinkShared
    ) {
        self.group = group
        self.listener = listener
        self.core = core
        self.shared = shared
        self.port = listener.localAddress?.port ?? 0
    }

    /// What has crossed the link so far.
    package var statistics: LinkStatistics { shared.statistics.withLock { $0 } }

    /// Changes the link. Bytes already under way keep the time they were given, and connections
    /// the place where they will be cut.
    package func setConditions(_ conditions: LinkConditions) {
        listener.eventLoop.execute { [core] in core.value.setConditions(conditions) }
    }

    /// Takes the link away or gives it back: while it is out, connections are reset at once.
    ///
    /// When this returns no further connection is let through; those that exist end a moment later.
    package func setOutage(_ isOut: Bool) {
        shared.isOut = isOut
        guard isOut else { return }
        listener.eventLoop.execute { [core] in core.value.resetAll(.outage) }
    }

    /// Cuts every connection that is open.
    package func cutAll() {
        listener.eventLoop.execute { [core] in core.value.resetAll(.cut) }
    }

    /// Resets what is open and stops listening.
    package func stop() async {
        try? await listener.close().get()
        try? await listener.eventLoop.submit { [core] in core.value.resetAll(.stopped) }.get()
        try? await group.shutdownGracefully()
    }
}

/// Lends a link to `body` and takes it away at the end, whatever happens.
package func withLink<Result>(
    upstream: (host: String, port: Int),
    conditions: LinkConditions = .perfect,
    _ body: (LinkEmulator) async throws -> Result
) async throws -> Result {
    let link = try await LinkEmulator.start(upstream: upstream, conditions: conditions)
    do {
        let result = try await body(link)
        await link.stop()
        return result
    } catch {
        await link.stop()
        throw error
    }
}
