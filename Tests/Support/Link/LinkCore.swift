import NIOCore
import NIOPosix

/// One link's lines and connections. Lives on its event loop and nowhere else.
final class LinkCore {
    /// Why a connection is reset.
    enum Reason {
        case cut, outage, refused, stopped, peer
    }

    let loop: any EventLoop
    let shared: LinkShared
    private(set) var conditions: LinkConditions
    var up: LinkDirection
    var down: LinkDirection
    private let host: String
    private let port: Int
    private var connections: [Int: LinkConnection] = [:]
    private var accepted = 0

    init(
        loop: any EventLoop,
        host: String,
        port: Int,
        conditions: LinkConditions,
        shared: LinkShared
    ) {
        self.loop = loop
        self.host = host
        self.port = port
        self.conditions = conditions
        self.shared = shared
        self.up = LinkDirection(bitsPerSecond: conditions.upBitsPerSecond)
        self.down = LinkDirection(bitsPerSecond: conditions.downBitsPerSecond)
    }

    var isOut: Bool { shared.isOut }

    /// A ship has connected. Called while its channel is being set up.
    func accepted(_ channel: any Channel) throws {
        accepted += 1
        let connection = LinkConnection(number: accepted, core: self, ship: channel)
        connections[accepted] = connection
        shared.count {
            $0.connections += 1
            $0.open += 1
        }
        try channel.pipeline.syncOperations.addHandler(LinkPort(connection, side: .ship))
    }

    /// Connects to the shore, on behalf of a connection whose first round trip is over.
    func connectUpstream(
        for connection: LinkConnection
    ) -> EventLoopFuture<any Channel> {
        let bound = NIOLoopBound(connection, eventLoop: loop)
        return ClientBootstrap(group: loop)
            .channelOption(.autoRead, value: false)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        LinkPort(bound.value, side: .shore)
                    )
                }
            }
            .connect(host: host, port: port)
    }

    func setConditions(_ conditions: LinkConditions) {
        self.conditions = conditions
        up.bitsPerSecond = conditions.upBitsPerSecond
        down.bitsPerSecond = conditions.downBitsPerSecond
        for connection in connections.values { connection.readMore() }
    }

    func resetAll(_ reason: Reason) {
        for connection in connections.values { connection.reset(reason) }
    }

    func ended(_ connection: LinkConnection, _ reason: Reason?) {
        guard connections.removeValue(forKey: connection.number) != nil else { return }
        shared.count {
            $0.open -= 1
            $0.bytesUpOfEnded.append(connection.deliveredUp)
            if $0.bytesUpOfEnded.count > LinkStatistics.endedLimit {
                $0.bytesUpOfEnded.removeFirst()
            }
            switch reason {
            case .cut: $0.cuts += 1
            case .outage: $0.outageResets += 1
            case .refused, .stopped, .peer, nil: break
            }
        }
    }
}
