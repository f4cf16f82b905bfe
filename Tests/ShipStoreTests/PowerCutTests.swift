import FleetModel
import FleetSeries
import FleetTestSupport
import Glibc
import ShipStore
import Synchronization
import Testing

/// The store as a power cut would leave it: its files, as they are at any moment.
@Suite(.timeLimit(.minutes(10)))
struct PowerCutTests {
    @Test func `a store cut off at any moment opens, balances and is readable`() async throws {
        let seed = SeededGenerator.seed(name: "power cuts")
        var generator = SeededGenerator(seed: seed)
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            var promised: UInt64 = 0
            for step in 0..<40 {
                let series = Int.random(in: 1...200, using: &generator)
                try await Aboard.accept(store, series: series, seed: UInt64(step))
                promised += UInt64(series)
                if generator.chance(0.4) { try await Aboard.seal(store) }
                try await withTemporaryDirectory { image in
                    try Aboard.copy(folder, to: image)
                    try damageTheEnd(of: "\(image)/store.sqlite-wal", using: &generator)
                    let survivor = try ShipStore(directory: image, create: false)
                    #expect(survivor.epoch == store.epoch)
                    try await Aboard.check(survivor)
                    #expect(try await Aboard.ledger(survivor, .metrics).produced == promised)
                }
            }
        }
    }

    @Test func `a store cut off in the middle of a write keeps what was promised`() async throws {
        var generator = SeededGenerator(seed: SeededGenerator.seed(name: "torn writes"))
        try await withTemporaryDirectory { folder in
            let store = try ShipStore(directory: folder, create: true)
            for step in 0..<25 {
                try await Aboard.accept(store, series: 30, seed: UInt64(step))
                let before = try await Aboard.ledger(store, .metrics).produced
                let kept = try fileSize("\(folder)/store.sqlite-wal")
                try await Aboard.accept(store, series: 40, seed: UInt64(step))
                try await withTemporaryDirectory { image in
                    try Aboard.copy(folder, to: image)
                    let log = "\(image)/store.sqlite-wal"
                    let written = try fileSize(log)
                    // Only while the log grew: after a checkpoint it begins anew.
                    guard written > kept else { return }
                    truncate(log, Int.random(in: kept..<written, using: &generator))
                    let survivor = try ShipStore(directory: image, create: false)
                    try await Aboard.check(survivor)
                    #expect(try await Aboard.ledger(survivor, .metrics).produced == before)
                }
            }
        }
    }

    private func fileSize(_ path: String) throws -> Int {
        var information = stat()
        try #require(stat(path, &information) == 0)
        return Int(information.st_size)
    }

    /// Bytes that a write left which never ended.
    private func damageTheEnd(of path: String, using generator: inout SeededGenerator) throws {
        let file = try #require(fopen(path, "ab"))
        defer { fclose(file) }
        let rubbish = (0..<Int.random(in: 0...9000, using: &generator)).map { _ in
            UInt8.random(in: 0...255, using: &generator)
        }
        fwrite(rubbish, 1, rubbish.count, file)
    }
}
