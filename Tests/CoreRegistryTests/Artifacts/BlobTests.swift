import Crypto
import FleetModel
import FleetTestSupport
import Testing

@testable import CoreDomain
@testable import CoreRegistry

/// The file of a blob: any part can be read, and none that is not as it was written.
struct BlobTests {
    private struct Memory: BlobReader {
        let bytes: [UInt8]

        func read(at offset: Int64, count: Int) async throws -> [UInt8] {
            guard offset < bytes.count else { return [] }
            return Array(bytes[Int(offset)..<min(bytes.count, Int(offset) + count)])
        }
    }

    private static let key = TenantDataKey(
        tenant: TenantID(7),
        number: 3,
        bytes: (0..<32).map { UInt8($0) }
    )

    private func seal(_ content: [UInt8], _ location: BlobLocation) throws -> [UInt8] {
        var sealer = BlobSealer(Self.key, location)
        var file: [UInt8] = []
        for start in stride(from: 0, to: content.count, by: 9999) {
            file += try sealer.append(Array(content[start..<min(content.count, start + 9999)]))
        }
        file += try sealer.finish()
        #expect(sealer.digest == Array(SHA256.hash(data: content)))
        return file
    }

    private func open(
        _ file: [UInt8],
        _ location: BlobLocation,
        size: Int,
        key: TenantDataKey = BlobTests.key
    ) async throws -> [UInt8] {
        let content = try await BlobContent(
            Memory(bytes: file),
            at: location,
            size: Int64(size),
            key: key
        )
        var all: [UInt8] = []
        repeat {
            all += try await content.read(from: Int64(all.count), to: Int64(size))
        } while all.count < size
        return all
    }

    private func random(_ count: Int, _ generator: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 300_000])
    func `content of any size comes back, whole and in parts`(_ size: Int) async throws {
        var generator = SeededGenerator(seed: UInt64(size))
        let content = random(size, &generator)
        let location = BlobLocation()
        let file = try seal(content, location)
        #expect(try await open(file, location, size: size) == content)
        let opened = try await BlobContent(
            Memory(bytes: file),
            at: location,
            size: Int64(size),
            key: Self.key
        )
        for _ in 0..<50 where size > 0 {
            let from = Int.random(in: 0..<size, using: &generator)
            let to = Int.random(in: from + 1...size, using: &generator)
            let part = try await opened.read(from: Int64(from), to: Int64(to))
            #expect(!part.isEmpty && part == Array(content[from..<from + part.count]))
        }
    }

    @Test func `a file that was altered anywhere is an error, and never wrong bytes`() async throws
    {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed: seed)
        let content = random(150_000, &generator)
        let location = BlobLocation()
        let file = try seal(content, location)
        for round in 0..<200 {
            var altered = file
            switch round % 4 {
            case 0, 1:
                let place = Int.random(in: 0..<file.count, using: &generator)
                altered[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: altered.removeLast(Int.random(in: 1..<file.count, using: &generator))
            default: altered += random(Int.random(in: 1...70_000, using: &generator), &generator)
            }
            await #expect(throws: BlobDamage.self, "seed \(seed), round \(round)") {
                _ = try await open(altered, location, size: content.count)
            }
        }
    }

    @Test func `frames in another order, and another blob's file, are an error`() async throws {
        let content = [UInt8](repeating: 1, count: 65_536 * 3)
        let location = BlobLocation()
        let file = try seal(content, location)
        let frame = 65_536 + 16
        let swapped =
            file[..<64] + file[(64 + frame)..<(64 + 2 * frame)] + file[64..<(64 + frame)]
            + file[(64 + 2 * frame)...]
        await #expect(throws: BlobDamage.self) {
            _ = try await open(Array(swapped), location, size: content.count)
        }
        await #expect(throws: BlobDamage.self) {
            _ = try await open(file, BlobLocation(), size: content.count)
        }
        let other = TenantDataKey(tenant: TenantID(8), number: 3, bytes: (0..<32).map { $0 })
        await #expect(throws: BlobDamage.self) {
            _ = try await open(file, location, size: content.count, key: other)
        }
    }
}
