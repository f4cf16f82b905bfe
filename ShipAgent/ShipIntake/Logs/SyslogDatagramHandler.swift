import FleetModel
import FleetRuntime
import NIOCore
import ShipDomain

/// Makes a record of every datagram, and hands over what one read brought at once.
final class SyslogDatagramHandler: ChannelInboundHandler {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    private let parser: SyslogParser
    private let rates: RateLimiter
    private let intake: LogIntake
    private let clock: WallClock
    private var records: [LogRecord] = []
    private var dropped = 0

    init(_ configuration: SyslogConfiguration, intake: LogIntake, clock: WallClock) {
        parser = SyslogParser(messageLimit: configuration.messageBytes)
        rates = configuration.rates
        self.intake = intake
        self.clock = clock
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        let bytes = envelope.data.readableBytesView
        guard !bytes.isEmpty else { return }
        let sender = envelope.remoteAddress.ipAddress ?? "unknown"
        guard rates.admit(sender, bytes: bytes.count) == nil else {
            dropped += 1
            return
        }
        records.append(parser.record(bytes, from: sender, at: clock.now()))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if !records.isEmpty { intake.offer(records) }
        if dropped > 0 { intake.lose(dropped) }
        records = []
        dropped = 0
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // An ICMP answer to something we never sent, or a datagram cut short: the next may be whole.
    }
}
