import FleetTestSupport
import Testing

@testable import CoreRegistry

/// Tars of strangers, in whatever pieces they come.
struct TarReaderTests {
    private struct InPieces: AsyncSequence, Sendable {
        let bytes: [UInt8]
        let count: Int

        struct AsyncIterator: AsyncIteratorProtocol {
            var rest: ArraySlice<UInt8>
            let count: Int

            mutating func next() async -> [UInt8]? {
                guard !rest.isEmpty else { return nil }
                defer { rest = rest.dropFirst(count) }
                return Array(rest.prefix(count))
            }
        }

        func makeAsyncIterator() -> AsyncIterator { AsyncIterator(rest: bytes[...], count: count) }
    }

    private func read(_ text: String, by count: Int = 1000) async throws -> [String: String] {
        let reader = TarReader(InPieces(bytes: Array(text.utf8), count: count))
        var found: [String: String] = [:]
        while let entry = try await reader.next() {
            var bytes: [UInt8] = []
            for try await piece in TarFile(reader: reader) { bytes += piece }
            #expect(Int64(bytes.count) == entry.size)
            found[entry.name] = String(decoding: bytes, as: UTF8.self)
        }
        return found
    }

    private static let long = String(repeating: "directory/", count: 20) + "name"

    private static func record(_ text: String) -> String {
        var length = text.utf8.count + 3
        while "\(length) \(text)\n".utf8.count != length { length += 1 }
        return "\(length) \(text)\n"
    }

    @Test(arguments: [1, 7, 511, 512, 513, 100_000])
    func `files come out as they went in, whatever the pieces`(count: Int) async throws {
        let content = String(repeating: "0123456789", count: 1000)
        let found = try await read(
            TarText.of([
                .init("./", kind: "5"), .init("./a.json", "{}"), .init("empty"),
                .init("b/", kind: "5"), .init("b/long", content),
                .init("././@PaxHeader", Self.record("path=\(Self.long)"), kind: "x"),
                .init("cut", "by pax"), .init("after", "has its own name again"),
                .init("././@LongLink", "gnu/" + Self.long + "\0", kind: "L"),
                .init("cut", "by gnu"),
                .init("pax_global_header", Self.record("comment=of git"), kind: "g"),
                .init("last", "x"),
            ]),
            by: count
        )
        #expect(
            found == [
                "./a.json": "{}", "empty": "", "b/long": content, Self.long: "by pax",
                "after": "has its own name again", "gnu/\(Self.long)": "by gnu", "last": "x",
            ]
        )
    }

    @Test func `a file that nobody reads is passed over`() async throws {
        let text = TarText.of([.init("a", String(repeating: "a", count: 5000)), .init("b", "b")])
        let reader = TarReader(InPieces(bytes: Array(text.utf8), count: 100))
        #expect(try await reader.next()?.name == "a")
        #expect(try await reader.next()?.name == "b")
        #expect(try await reader.next() == nil)
    }

    @Test(arguments: [
        ([TarText.Entry("l", kind: "2", target: "/etc/passwd")], "symbolic link"),
        ([.init("l", kind: "1", target: "a")], "hard link"),
        ([.init("d", kind: "3")], "device"), ([.init("d", kind: "4")], "device"),
        ([.init("p", kind: "6")], "pipe"), ([.init("s", kind: "S")], "holes"),
        ([.init("?", kind: "M")], "unknown"),
        ([.init("d/", "bytes", kind: "5")], "directory has bytes"),
        ([.init("x", record("GNU.sparse.major=1"), kind: "x")], "holes"),
        ([.init("x", record("path=other"), kind: "g")], "global"),
        ([.init("x", record("size=-1"), kind: "x")], "number"),
        ([.init("x", "99 path=short\n", kind: "x")], "length"),
        ([.init("x", "path", kind: "x")], "length"),
        ([.init("x", "", kind: "x", size: 1 << 30)], "too long"),
        ([.init("a", "few", size: 100_000)], "middle"),
    ])
    func `what a bundle can't have is refused, and not passed over`(
        entries: [TarText.Entry],
        why: String
    ) async throws {
        let error = await #expect(throws: RegistryError.self) {
            try await read(TarText.of(entries))
        }
        #expect(error?.message.contains(why) ?? false, "\(error?.message ?? "")")
    }

    @Test func `what is no tar, is cut or goes on without end, is refused`() async throws {
        let good = TarText.of([.init("a", "content")])
        #expect(try await read(good).count == 1)
        var wrong = Array(good.utf8)
        wrong[0] ^= 1
        for text in [
            "", "{}", String(repeating: "x", count: 512), String(good.prefix(700)),
            TarText.of([.init("a", "b")], isEnded: false),
            good + String(repeating: "\0", count: 2 << 20), String(decoding: wrong, as: UTF8.self),
        ] {
            await #expect(throws: RegistryError.self) { try await read(text) }
        }
        // A size of more than there can be is no crash.
        var huge = Array(good.utf8)
        for place in 124..<136 { huge[place] = 0xFF }
        var sum = 0
        for place in 0..<512 { sum += (148..<156).contains(place) ? 32 : Int(huge[place]) }
        let digits = Array(("000000" + String(sum, radix: 8)).suffix(6).utf8) + [0, 32]
        for (index, digit) in digits.enumerated() { huge[148 + index] = digit }
        let reader = TarReader(InPieces(bytes: huge, count: 512))
        await #expect(throws: RegistryError.self) { try await reader.next() }
    }
}
