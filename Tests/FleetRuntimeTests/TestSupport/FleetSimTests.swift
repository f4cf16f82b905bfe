import FleetRuntime
import FleetTestSupport
import Glibc
import Testing

/// The program itself, as a script would run it.
@Suite struct FleetSimTests {
    @Test func `a link says where it listens, follows its outage file, and ends with a summary`()
        async throws
    {
        let (listener, port) = try PlainSocket.listening()
        try await withTemporaryDirectory { folder in
            let outage = "\(folder)/out"
            let arguments = [
                "link", "--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:\(port)",
                "--rtt", "20ms", "--up", "10M", "--outage-file", outage,
            ]
            try await withProcess(try Products.path("fleet-sim"), arguments) { link in
                let first = try await link.waitForLine(containing: "link listens on 127.0.0.1:")
                let linkPort = try #require(first.split(separator: ":").last.flatMap { Int($0) })
                let ship = try await blocking { try PlainSocket.connected(port: linkPort) }
                let shore = try await blocking { try listener.accepted() }
                try ship.send([1, 2, 3])
                let received = try await blocking { try shore.receive() }
                #expect(received == [1, 2, 3])

                try AtomicFile.write([], to: outage)
                try await link.waitForLine(containing: "link is out")
                let isReset = try await blocking { try ship.receiveAll().isReset }
                #expect(isReset)
                unlink(outage)
                try await link.waitForLine(containing: "link is back")

                link.send(SIGTERM)
                let status = try await link.waitForExit()
                #expect(status == .exited(0))
                #expect(link.standardOutput.hasSuffix("3 bytes up, 0 bytes down\n"))
            }
        }
    }

    @Test(arguments: [
        ["link"], ["link", "--listen", "x", "--upstream", "127.0.0.1:1"],
        ["link", "--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:1", "--rtt", "5"],
        ["link", "--listen", "127.0.0.1:0", "--upstream", "127.0.0.1:1", "--loss", "2"],
    ])
    func `a command line that makes no sense ends with code 64`(arguments: [String]) async throws {
        try await withProcess(try Products.path("fleet-sim"), arguments) { link in
            let status = try await link.waitForExit()

            #expect(status == .exited(64))
            #expect(link.standardError.contains("Error:"))
        }
    }
}
