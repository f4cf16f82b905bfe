import ArgumentParser
import FleetTestSupport

/// `fleet-sim link`: one bad link, until somebody ends it.
struct LinkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "link",
        abstract: "Puts a bad link between a ship and the shore.",
        discussion: """
            Point the ship at --listen instead of at the shore. "Up" is from the ship to the shore. \
            All connections share the link's capacity. The first line of output says which address \
            it listens on, so --listen 127.0.0.1:0 may take any free port.

            A ship on a geostationary satellite, cut about every 200 kB:

              fleet-sim link --listen 127.0.0.1:9443 --upstream 127.0.0.1:8443 \\
                --rtt 600ms --up 128k --down 512k --cut-mean 200000

            Take the link away and give it back while it runs:

              fleet-sim link … --outage-file /tmp/out &
              touch /tmp/out; sleep 60; rm /tmp/out

            SIGTERM and SIGINT end it; it then says what crossed the link.
            """
    )

    @Option(help: .init("Where to listen. Port 0 takes a free one.", valueName: "host:port"))
    var listen: Endpoint

    @Option(help: .init("Where connections go. It need not be there yet.", valueName: "host:port"))
    var upstream: Endpoint

    @Option(help: .init("The round trip: 600ms, 1s.", valueName: "time"))
    var rtt = Delay(.zero)

    @Option(
        help: .init("Each segment comes up to this much earlier or later: 50ms.", valueName: "time")
    )
    var jitter = Delay(.zero)

    @Option(
        help: .init(
            "Capacity from ship to shore in bit/s: 128k, 2M. 0 is unlimited.",
            valueName: "rate"
        )
    )
    var up = BitRate(bitsPerSecond: 0)

    @Option(
        help: .init(
            "Capacity from shore to ship in bit/s: 512k, 10M. 0 is unlimited.",
            valueName: "rate"
        )
    )
    var down = BitRate(bitsPerSecond: 0)

    @Option(
        help: .init("The part of segments that is lost and sent again: 0.01.", valueName: "ratio")
    )
    var loss = 0.0

    @Option(
        help: .init(
            """
            Cut each connection after about this many bytes, both directions together \
            (exponentially distributed). Without it nothing is cut.
            """,
            valueName: "bytes"
        )
    )
    var cutMean: Int?

    @Option(
        help: .init(
            "Where all chance comes from: the same number gives the same cuts.",
            valueName: "number"
        )
    )
    var seed: UInt64 = 1

    @Option(
        help: .init(
            "While this file exists, the link is out: connections are reset and refused.",
            valueName: "path"
        )
    )
    var outageFile: String?

    func validate() throws {
        guard (0..<1).contains(loss) else {
            throw ValidationError("--loss is a part of one, such as 0.01")
        }
        if let cutMean, cutMean < 1 {
            throw ValidationError("--cut-mean is a number of bytes, at least 1")
        }
    }

    func run() async throws {
        let link = try await LinkEmulator.start(
            listen: (listen.host, listen.port),
            upstream: (upstream.host, upstream.port),
            conditions: LinkConditions(
                roundTrip: rtt.duration,
                upBitsPerSecond: up.bitsPerSecond,
                downBitsPerSecond: down.bitsPerSecond,
                lossRatio: loss,
                jitter: jitter.duration,
                cutMeanBytes: cutMean,
                seed: seed
            )
        )
        let stop = StopSignal()
        StandardOutput.writeLine("link listens on \(Endpoint(host: listen.host, port: link.port))")
        if let outageFile {
            await withTaskGroup { group in
                group.addTask { await OutageFile(path: outageFile).follow(with: link) }
                await stop.wait()
                group.cancelAll()
            }
        } else {
            await stop.wait()
        }
        let statistics = link.statistics
        await link.stop()
        StandardOutput.writeLine(
            """
            \(statistics.connections) connections, \(statistics.cuts) cut, \
            \(statistics.outageResets) reset by outages; \
            \(statistics.bytesUp) bytes up, \(statistics.bytesDown) bytes down
            """
        )
    }
}
