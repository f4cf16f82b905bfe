import FleetTestSupport
import ShipDomain
import Testing

struct SyslogFramerTests {
    private func frames(_ chunks: [String], limit: Int = 100) -> [String] {
        var framer = SyslogFramer(limit: limit)
        var messages = chunks.flatMap { framer.feed(Array($0.utf8)) }
        if let last = framer.end() { messages.append(last) }
        return messages.map { String(decoding: $0.bytes, as: UTF8.self) + ($0.isCut ? "…" : "") }
    }

    @Test func `both framings are told apart, message by message`() {
        #expect(frames(["<1>a\n<2>b\r\n<3>c"]) == ["<1>a", "<2>b\r", "<3>c"])
        #expect(frames(["4 <1>a4 <2>b"]) == ["<1>a", "<2>b"])
        #expect(frames(["4 <1>a<2>b\n6 <3>c\nd\n<4>e\n"]) == ["<1>a", "<2>b", "<3>c\nd", "<4>e"])
    }

    @Test func `messages are the same however the stream is cut`() {
        let stream = "<1>one\n9 <2>two\nXX<3>three\n123 no\n5 <4>é\n<5>end"
        let whole = frames([stream])
        var generator = SeededGenerator(seed: 5)
        for _ in 0..<200 {
            var framer = SyslogFramer(limit: 100)
            var messages: [SyslogFramer.Message] = []
            var rest = Array(stream.utf8)[...]
            while !rest.isEmpty {
                let part = rest.prefix(Int.random(in: 1...4, using: &generator))
                messages += framer.feed(part)
                rest = rest.dropFirst(part.count)
            }
            if let last = framer.end() { messages.append(last) }
            #expect(messages.map { String(decoding: $0.bytes, as: UTF8.self) } == whole)
        }
    }

    @Test func `a message without end takes no more than the limit`() {
        var framer = SyslogFramer(limit: 10)
        let noise = [UInt8](repeating: 0x61, count: 100_000)
        for _ in 0..<10 {
            let messages = framer.feed(noise)
            #expect(messages.isEmpty)
        }
        let messages = framer.feed([0x0A, 0x62, 0x0A])
        #expect(messages.map(\.bytes.count) == [10, 1])
        #expect(messages.map(\.isCut) == [true, false])
        #expect(frames(["20 abcdefghijklmnopqrst<1>x\n"], limit: 10) == ["abcdefghij…", "<1>x"])
    }

    @Test func `a length that can't be is a line`() {
        #expect(frames(["1234567890123 x\n<1>a\n"]) == ["1234567890123 x", "<1>a"])
        #expect(frames(["12:34 boot\n<1>a\n"]) == ["12:34 boot", "<1>a"])
    }
}
