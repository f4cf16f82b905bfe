import FleetModel
import Testing

@testable import ShipDomain

@Suite struct RecordedScrapesTests {
    private static let plain = CollectFixtures.path("Replay/plain.jsonl")

    private static let expected = [
        RecordedScrape(
            at: Timestamp(milliseconds: 1_795_255_088_007),
            durationMicroseconds: 35_622,
            result: .body(Array("# TYPE a counter\na 1\na_total{b=\"é🚀\\\\\"} 2\n".utf8)),
            line: 1
        ),
        RecordedScrape(
            at: Timestamp(milliseconds: 1_795_255_089_007),
            durationMicroseconds: 12,
            result: .failure("connection refused"),
            line: 2
        ),
        RecordedScrape(
            at: Timestamp(milliseconds: 1_795_255_090_007),
            durationMicroseconds: 1,
            result: .body([]),
            line: 4
        ),
    ]

    private static func all(_ file: inout RecordedScrapes) throws -> [RecordedScrape] {
        var scrapes: [RecordedScrape] = []
        while let scrape = try file.next() { scrapes.append(scrape) }
        return scrapes
    }

    @Test(arguments: [
        "plain.jsonl", "compressed-xz.bin", "two-streams-xz.bin", "compressed-zstd.bin",
        "two-frames-zstd.bin",
    ])
    func `a file is read by its content, whatever its compression and name`(name: String) throws {
        var file = try RecordedScrapes(path: CollectFixtures.path("Replay/\(name)"))
        #expect(try Self.all(&file) == Self.expected)
        #expect(try file.next() == nil)
    }

    @Test func `a file can be gone on with at any line`() throws {
        for line in 0...5 {
            var file = try RecordedScrapes(path: Self.plain)
            file.skip(to: line)
            #expect(try Self.all(&file) == Self.expected.filter { $0.line >= line })
        }
    }

    @Test func `a line that has passed is not gone back to`() throws {
        var file = try RecordedScrapes(path: Self.plain)
        _ = try file.next()
        _ = try file.next()
        file.skip(to: 1)
        #expect(try file.next()?.line == 4)
    }

    @Test(arguments: [
        ("cut-xz.bin", "the xz data end too early"),
        ("damaged-xz.bin", "the xz data are damaged"),
        ("cut-zstd.bin", "the zstd data end too early"),
        ("damaged-zstd.bin", "the zstd data are damaged"),
    ])
    func `what comes before the damage is read and the damage is an error that stays`(
        name: String,
        reason: String
    ) throws {
        let path = CollectFixtures.path("Replay/\(name)")
        var file = try RecordedScrapes(path: path)
        var count = 0
        var failure: RecordedScrapesError?
        do {
            while try file.next() != nil { count += 1 }
        } catch {
            failure = error
        }
        let found = try #require(failure)
        #expect(count < 40)
        #expect(found.description.hasPrefix("\(path), line \(count + 1): \(reason)"))
        #expect(!found.isOfOneLine)
        #expect(throws: found) { try file.next() }
    }

    @Test(arguments: [
        ("greedy-xz.bin", "the xz data need more memory than allowed"),
        ("greedy-zstd.bin", "Frame requires too much memory"),
        ("compressed-gzip.bin", "gzip is not read"),
    ])
    func `a file that asks for too much memory or is unknown is refused`(
        name: String,
        reason: String
    ) throws {
        var file = try RecordedScrapes(path: CollectFixtures.path("Replay/\(name)"))
        do {
            _ = try file.next()
            Issue.record("the file was read")
        } catch {
            #expect(error.description.contains(reason))
        }
    }

    @Test func `every scrape of a real recording is read`() throws {
        for name in CollectFixtures.scrapes {
            var file = try RecordedScrapes(path: CollectFixtures.path("Scrapes/\(name).jsonl.xz"))
            let scrapes = try Self.all(&file)
            #expect(scrapes.map(\.line) == Array(1...10))
            #expect(zip(scrapes, scrapes.dropFirst()).allSatisfy { $0.at < $1.at })
        }
    }

    @Test func `a file that isn't there is an error that names it`() {
        do {
            _ = try RecordedScrapes(path: "/nowhere/x.jsonl")
            Issue.record("the file was opened")
        } catch {
            #expect(error.description == "/nowhere/x.jsonl: No such file or directory")
        }
    }

    @Test func `a folder is an error that names it`() throws {
        let path = CollectFixtures.path("Replay")
        var file = try RecordedScrapes(path: path)
        do {
            _ = try file.next()
            Issue.record("the folder was read")
        } catch {
            #expect(error.description == "\(path): Is a directory")
        }
    }

    @Test func `a line above the limit is an error`() throws {
        var file = try RecordedScrapes(path: Self.plain, lineLimit: 100)
        do {
            while try file.next() != nil {}
            Issue.record("the line was read")
        } catch {
            #expect(error.fault == .lineTooLong(limit: 100))
            #expect(error.line == 1)
        }
    }

    @Test(arguments: [
        ("/a/b/scrapes-node.jsonl.xz", "scrapes-node"), ("node.jsonl", "node"),
        ("node.jsonl.zst", "node"), ("a.b.jsonl.old.jsonl", "a.b"), ("node", "node"),
        ("node.txt", "node.txt"), (".jsonl", ""), ("x/", "x"), ("", ""),
    ])
    func `the job is the file's name up to its ending`(path: String, job: String) {
        #expect(RecordedScrapes.jobName(ofPath: path) == job)
    }

    @Test func `a fingerprint tells files apart and is the same every time`() throws {
        // Taken from an independent implementation of FNV-1a.
        let plain = try RecordedScrapes.fingerprint(ofPath: Self.plain)
        #expect(plain.description == "244-e1f3984d01eb33a11f4921f78a009c71")
        let names = ["plain.jsonl", "cut-xz.bin", "damaged-xz.bin", "noise-xz.bin"]
        let prints = try names.map {
            try RecordedScrapes.fingerprint(ofPath: CollectFixtures.path("Replay/\($0)"))
        }
        #expect(Set(prints).count == names.count)
    }
}
