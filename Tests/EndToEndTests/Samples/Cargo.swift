import FleetTestSupport
import Glibc

/// Recorded scrapes, replayed again and again under new instances while there is trouble.
struct Cargo {
    /// Bytes queued aboard above which the next replay waits: the link is slower than a replay.
    private static let enoughQueued: UInt64 = 120_000

    private let files = ["node", "postgres", "prometheus"].map {
        Fixtures.path("Scrapes15s/scrapes-\($0).jsonl.xz")
    }
    let ship: ShipAboard
    let troubles: Troubles

    /// Replays until the troubles are over, each file to its end, though a replay is killed.
    ///
    /// - Returns: what must be ashore.
    func load() async throws -> SampleTally {
        var expected = SampleTally()
        var round = 0
        repeat {
            round += 1
            for file in files {
                let instance = "round-\(round)"
                try await replay(file, instance: instance)
                expected.add(try await NaiveScrapes.samples(of: file, instance: instance))
                try await eventually("the queue is short", timeout: .seconds(240)) {
                    if troubles.areOver || troubles.areWaitingForReplay { return true }
                    return try await ship.status().queuedBytes < Self.enoughQueued
                }
            }
        } while !troubles.areOver
        return expected
    }

    private func replay(_ file: String, instance: String) async throws {
        while true {
            let process = try ship.startReplay([file], instance: instance)
            troubles.replayStarted(process)
            let status = try? await process.waitForExit(timeout: .seconds(240))
            troubles.replayStarted(nil)
            await process.end()
            if status == .exited(0) { return }
            guard status == .signalled(SIGKILL) else {
                throw EndToEndError("the replay of \(file) failed: \(process.standardError)")
            }
        }
    }
}
