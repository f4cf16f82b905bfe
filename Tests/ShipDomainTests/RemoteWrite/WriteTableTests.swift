import FleetModel
import FleetTestSupport
import Testing

@testable import ShipDomain

@Suite(.timeLimit(.minutes(10))) struct WriteTableTests {
    private static var message: WriteMessage {
        var message = WriteMessage()
        message.series = [
            WriteMessage.series([("__name__", "a"), ("job", "x")], [(1000, 1.5), (2000, -0.0)]),
            WriteMessage.series([("__name__", "b")], [(-5, StaleMarker.value)]),
            WriteMessage.series([("__name__", "é\"\n")], [(0, 0)]),
        ]
        message.series[1].histograms = 2
        message.series[1].exemplars = 3
        message.series[2].type = 2
        message.metadata = [("a", 1), ("c", 99)]
        return message
    }

    private static func check(_ table: WriteTable) throws {
        #expect(table.times == [1000, 2000, -5, 0])
        #expect(
            table.values.map(\.bitPattern)
                == [1.5, -0.0, StaleMarker.value, 0].map(\.bitPattern)
        )
        #expect(table.series.map(\.samplesEnd) == [2, 3, 4])
        #expect(table.histograms == 2)
        #expect(table.exemplars == 3)
        let labels = try table.series.map { series in
            try SentLabels.read(
                Int(series.labels.lowerBound)..<Int(series.labels.upperBound),
                table.texts.span
            )
        }
        #expect(
            labels == [
                LabelSet(name: "a", ["job": "x"]), LabelSet(name: "b"), LabelSet(name: "é\"\n"),
            ]
        )
    }

    @Test func `version 1 is read as it was written`() throws {
        let table = try WriteTable(first: Self.message.first)
        try Self.check(table)
        #expect(table.families.map(\.name) == ["a", "c"])
        #expect(table.families.map(\.kind) == [.counter, .unknown])
    }

    @Test(arguments: [(false, true), (true, true), (false, false)])
    func `version 2 is read as it was written`(symbolsLast: Bool, packed: Bool) throws {
        let bytes = Self.message.second(symbolsLast: symbolsLast, packed: packed)
        let table = try WriteTable(second: bytes)
        try Self.check(table)
        #expect(table.series.map(\.kind) == [nil, nil, .gauge])
    }

    @Test func `a series is the same text in both versions`() throws {
        let first = try WriteTable(first: Self.message.first)
        let second = try WriteTable(second: Self.message.second())
        for (one, other) in zip(first.series, second.series) {
            #expect(
                Array(first.texts[Int(one.labels.lowerBound)..<Int(one.labels.upperBound)])
                    == Array(
                        second.texts[Int(other.labels.lowerBound)..<Int(other.labels.upperBound)]
                    )
            )
        }
    }

    @Test func `labels that are no valid set are nobody's`() throws {
        for labels in [
            [("a", "b")], [("__name__", "")], [("__name__", "a"), ("__name__", "b")],
            [("__name__", "a"), ("", "x")],
        ] {
            var message = WriteMessage()
            message.series = [WriteMessage.series(labels, [(1, 1)])]
            let table = try WriteTable(first: message.first)
            let range = table.series[0].labels
            let read = try SentLabels.read(
                Int(range.lowerBound)..<Int(range.upperBound),
                table.texts.span
            )
            #expect(read == nil, "\(labels)")
        }
    }

    @Test func `references to symbols that are not there are refused`() {
        let series = WriteMessage.text(5, WriteMessage.text(1, [1, 2]))
        #expect(throws: RemoteWriteError.symbols) { try WriteTable(second: series) }
        let odd = WriteMessage.text(4, []) + WriteMessage.text(5, WriteMessage.text(1, [0]))
        #expect(throws: RemoteWriteError.symbols) { try WriteTable(second: odd) }
    }

    @Test func `damaged messages are refused or read, and never trap`() {
        let seed = SeededGenerator.seed(name: "write-table")
        var random = SeededGenerator(seed: seed)
        let originals = [Self.message.first, Self.message.second()]
        for round in 0..<20_000 {
            var bytes = originals[round % 2]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                switch Int.random(in: 0..<4, using: &random) {
                case 0 where !bytes.isEmpty:
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] =
                        UInt8.random(in: 0...255, using: &random)
                case 1: bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
                case 2:
                    bytes.insert(
                        UInt8.random(in: 0...255, using: &random),
                        at: Int.random(in: 0...bytes.count, using: &random)
                    )
                default: bytes += [UInt8](repeating: 0xFF, count: 3)
                }
            }
            for table in [try? WriteTable(first: bytes), try? WriteTable(second: bytes)] {
                guard let table else { continue }
                #expect(table.times.count == table.values.count)
                for series in table.series {
                    let range = Int(series.labels.lowerBound)..<Int(series.labels.upperBound)
                    _ = try? SentLabels.read(range, table.texts.span)
                }
            }
        }
    }
}
