import FleetRuntime
import FleetTestSupport
import Glibc
import Testing

@Suite(.serialized) struct LinkEmulatorTests {
    private let clock = ContinuousClock()

    /// A pair of sockets with a link between them.
    private func withPair(
        _ conditions: LinkConditions,
        _ body: (LinkEmulator, _ ship: PlainSocket, _ shore: PlainSocket) async throws -> Void
    ) async throws {
        let (listener, port) = try PlainSocket.listening()
        try await withLink(upstream: ("127.0.0.1", port), conditions: conditions) { link in
            let linkPort = link.port
            let ship = try await blocking { try PlainSocket.connected(port: linkPort) }
            let shore = try await blocking { try listener.accepted() }
            try await body(link, ship, shore)
        }
    }

    /// Bytes that show when one is missing or out of place.
    private func pattern(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    }

    @Test func `a perfect link carries everything both ways and ends in order`() async throws {
        let sent = pattern(3_000_000)
        try await withPair(.perfect) { link, ship, shore in
            async let up = blocking { try shore.receiveAll() }
            async let down = blocking { try ship.receiveAll() }
            async let sendingDown: Void = blocking {
                try shore.send(sent)
                shore.endOutput()
            }
            try await blocking {
                try ship.send(sent)
                ship.endOutput()
            }
            try await sendingDown

            let (received, back) = try await (up, down)
            #expect(received.bytes == sent && !received.isReset)
            #expect(back.bytes == sent && !back.isReset)
            try await eventually("the link forgets the connection") { link.statistics.open == 0 }
            #expect(link.statistics.bytesUp == sent.count)
            #expect(link.statistics.bytesDown == sent.count)
            #expect(link.statistics.cuts == 0)
        }
    }

    @Test func `half of a connection may end before the other`() async throws {
        try await withPair(.perfect) { _, ship, shore in
            try ship.send([1])
            ship.endOutput()
            let request = try await blocking { try shore.receiveAll() }
            try shore.send([2, 3])
            shore.endOutput()

            let answer = try await blocking { try ship.receiveAll() }

            #expect(request.bytes == [1] && answer.bytes == [2, 3] && !answer.isReset)
        }
    }

    @Test func `the round trip is paid by the handshake and by every answer`() async throws {
        let start = clock.now
        try await withPair(LinkConditions(roundTrip: .milliseconds(200))) { _, ship, shore in
            #expect(clock.now - start >= .milliseconds(200))
            let sent = clock.now
            try ship.send([1])
            _ = try await blocking { try shore.receive() }
            #expect(clock.now - sent >= .milliseconds(100))
            try shore.send([2])
            _ = try await blocking { try ship.receive() }
            let elapsed = clock.now - sent
            #expect(elapsed >= .milliseconds(200) && elapsed < .milliseconds(400))
        }
    }

    @Test func `capacity is shared by all connections of a direction`() async throws {
        let (listener, port) = try PlainSocket.listening()
        // 800 kbit/s are 100 kB/s: two connections with 25 kB each take half a second.
        let conditions = LinkConditions(upBitsPerSecond: 800_000)
        try await withLink(upstream: ("127.0.0.1", port), conditions: conditions) { link in
            let linkPort = link.port
            let start = clock.now
            try await withThrowingTaskGroup { group in
                for _ in 0..<2 {
                    let ship = try await blocking { try PlainSocket.connected(port: linkPort) }
                    let shore = try await blocking { try listener.accepted() }
                    group.addTask {
                        try await blocking {
                            try ship.send([UInt8](repeating: 1, count: 25_000))
                            ship.endOutput()
                            #expect(try shore.receiveAll().bytes.count == 25_000)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let elapsed = clock.now - start
            #expect(elapsed >= .milliseconds(490))
        }
    }

    @Test func `a receiver that does not read slows the sender down`() async throws {
        try await withPair(.perfect) { link, ship, shore in
            let total = 40_000_000
            async let sending: Void = blocking {
                try ship.send([UInt8](repeating: 1, count: total))
                ship.endOutput()
            }
            try await Task.sleep(for: .milliseconds(500))
            // The modem's queue (4 MB) and two sockets' buffers (up to 10 MB), far from everything.
            #expect(link.statistics.wireBytesUp < 20_000_000)

            let received = try await blocking { try shore.receiveAll() }
            try await sending
            #expect(received.bytes.count == total)
        }
    }

    @Test func `a connection is cut after exactly the planned bytes, on both sides`() async throws {
        let sent = pattern(50_000)
        try await withPair(LinkConditions(cutAfterBytes: [12_345])) { link, ship, shore in
            async let sending: Void = blocking { try? ship.send(sent) }
            let received = try await blocking { try shore.receiveAll() }
            try await sending
            let back = try await blocking { try ship.receiveAll() }

            #expect(received.bytes == Array(sent[0..<12_345]))
            #expect(received.isReset && back.isReset)
            #expect(link.statistics.cuts == 1)
            #expect(link.statistics.bytesUp == 12_345)
        }
    }

    @Test func `the plan counts both directions, and spares what it does not name`() async throws {
        let (listener, port) = try PlainSocket.listening()
        let conditions = LinkConditions(cutAfterBytes: [0, 300])
        try await withLink(upstream: ("127.0.0.1", port), conditions: conditions) { link in
            let linkPort = link.port
            for ordinal in 1...3 {
                let ship = try await blocking { try PlainSocket.connected(port: linkPort) }
                let shore = try await blocking { try listener.accepted() }
                try ship.send(pattern(200))
                var request: [UInt8] = []
                while request.count < 200 { request += try await blocking { try shore.receive() } }
                try shore.send(pattern(200))
                shore.endOutput()
                let answer = try await blocking { try ship.receiveAll() }

                #expect(answer.bytes.count == (ordinal == 2 ? 100 : 200))
                #expect(answer.isReset == (ordinal == 2))
            }
        }
    }

    @Test func `the same seed cuts the same connections at the same bytes`() async throws {
        func lengths(seed: UInt64) async throws -> [Int] {
            let (listener, port) = try PlainSocket.listening()
            let conditions = LinkConditions(cutMeanBytes: 20_000, seed: seed)
            return try await withLink(
                upstream: ("127.0.0.1", port),
                conditions: conditions
            ) { link in
                let linkPort = link.port
                var lengths: [Int] = []
                for _ in 0..<6 {
                    let ship = try await blocking { try PlainSocket.connected(port: linkPort) }
                    let shore = try await blocking { try listener.accepted() }
                    async let sending: Void = blocking {
                        try? ship.send([UInt8](repeating: 1, count: 40_000))
                        ship.endOutput()
                    }
                    lengths.append(try await blocking { try shore.receiveAll() }.bytes.count)
                    try await sending
                }
                return lengths
            }
        }

        let first = try await lengths(seed: 7)
        #expect(try await lengths(seed: 7) == first)
        #expect(try await lengths(seed: 8) != first)
        #expect(first.contains { $0 < 40_000 })
    }

    @Test func `an outage resets what is there and refuses what comes`() async throws {
        try await withPair(.perfect) { link, ship, shore in
            link.setOutage(true)

            #expect(try await blocking { try ship.receiveAll() }.isReset)
            #expect(try await blocking { try shore.receiveAll() }.isReset)
            let linkPort = link.port
            let late = try await blocking { try PlainSocket.connected(port: linkPort) }
            #expect(try await blocking { try late.receiveAll() }.isReset)
            #expect(link.statistics.outageResets == 2)

            link.setOutage(false)
            let after = try await blocking { try PlainSocket.connected(port: linkPort) }
            try after.send([1])
            try await eventually("a byte passes") { link.statistics.bytesUp == 1 }
        }
    }

    @Test func `cutting all loses what is under way`() async throws {
        try await withPair(LinkConditions(roundTrip: .seconds(1))) { link, ship, shore in
            try ship.send(pattern(1000))
            try await eventually("the link has it") { link.statistics.wireBytesUp == 1000 }

            link.cutAll()

            let received = try await blocking { try shore.receiveAll() }
            #expect(received.bytes.isEmpty && received.isReset)
            #expect(link.statistics.cuts == 1)
        }
    }

    @Test func `loss and jitter delay bytes and never reorder them`() async throws {
        let sent = pattern(60_000)
        let conditions = LinkConditions(
            roundTrip: .milliseconds(10),
            lossRatio: 0.05,
            jitter: .milliseconds(20),
            seed: 3
        )
        try await withPair(conditions) { link, ship, shore in
            async let sending: Void = blocking {
                try ship.send(sent)
                ship.endOutput()
            }
            let received = try await blocking { try shore.receiveAll() }
            try await sending

            #expect(received.bytes == sent)
            #expect(link.statistics.wireBytesUp > sent.count)
        }
    }

    @Test func `a shore that is not there resets the ship`() async throws {
        let port = try FreePort.find()
        try await withLink(upstream: ("127.0.0.1", port)) { link in
            let linkPort = link.port
            let ship = try await blocking { try PlainSocket.connected(port: linkPort) }

            #expect(try await blocking { try ship.receiveAll() }.isReset)
        }
    }

    @Test func `a reset by one side reaches the other`() async throws {
        try await withPair(.perfect) { _, ship, shore in
            try ship.send([1, 2, 3])
            #expect(try await blocking { try shore.receive() } == [1, 2, 3])
            ship.resetConnection()

            #expect(try await blocking { try shore.receiveAll() }.isReset)
        }
    }
}
