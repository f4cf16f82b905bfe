import FleetModel
import FoundationEssentials
import GRDB

/// What is remembered of remote writes, in the transactions of their samples.
extension StoreWriter {
    /// Remembers requests by their digests, each in its slot.
    package func remember(requests: [(slot: Int, digest: [UInt8])]) throws {
        let add = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO intake_requests (slot, digest) VALUES (?, ?)"
        )
        for (slot, digest) in requests { try add.execute(arguments: [slot, Data(digest)]) }
    }

    /// Before samples leave the window: their times stay known.
    func rememberNewest(of batches: [SampleBatch], groups: Set<UInt32>) throws {
        var times: [Int64] = []
        var isRead: [Bool] = []
        for batch in batches where groups.contains(batch.group) {
            let time = batch.at.milliseconds
            var row = -1
            for number in batch.numbers {
                let index = Int(number.rawValue)
                if index / NewestTimes.perRow != row {
                    row = index / NewestTimes.perRow
                    try readNewest(row, into: &times, &isRead)
                }
                if times[index] < time { times[index] = time }
            }
        }
        let add = try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO intake_newest (chunk, times) VALUES (?, ?)"
        )
        for row in isRead.indices where isRead[row] {
            let start = row * NewestTimes.perRow
            let body = NewestTimes.encode(times[start..<start + NewestTimes.perRow])
            try add.execute(arguments: [row, Data(body)])
        }
    }

    /// Reads a row to its place among all, unless it is there.
    private func readNewest(
        _ row: Int,
        into times: inout [Int64],
        _ isRead: inout [Bool]
    ) throws {
        if isRead.count <= row {
            isRead += [Bool](repeating: false, count: row + 1 - isRead.count)
            times += [Int64](
                repeating: .min,
                count: isRead.count * NewestTimes.perRow - times.count
            )
        }
        guard !isRead[row] else { return }
        isRead[row] = true
        let stored = try Data.fetchOne(
            db,
            sql: "SELECT times FROM intake_newest WHERE chunk = ?",
            arguments: [row]
        )
        guard let stored else { return }
        let start = row * NewestTimes.perRow
        for (place, time) in try NewestTimes.decode(Array(stored)).enumerated() {
            times[start + place] = time
        }
    }

    /// The groups whose samples were written remotely.
    static func intakeGroups(_ db: Database) throws -> Set<UInt32> {
        let groups = try Int64.fetchAll(
            db,
            sql: "SELECT target_group FROM targets WHERE identity >= ? AND identity < ?",
            arguments: [IntakeMemory.identityPrefix, IntakeMemory.identityPrefix + "\u{7F}"]
        )
        return Set(groups.map { UInt32(truncatingIfNeeded: $0) })
    }
}

extension ShipStore {
    /// What earlier runs took in: sealed or still in the window.
    package func intakeMemory() async throws -> IntakeMemory {
        try await database.read { db in
            var memory = IntakeMemory()
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT chunk, times FROM intake_newest ORDER BY chunk"
            )
            while let row = try rows.next() {
                let start = (row["chunk"] as Int) * NewestTimes.perRow
                while memory.newest.count < start { memory.newest.append(.min) }
                memory.newest += try NewestTimes.decode(Array(row["times"] as Data))
            }
            let groups = try StoreWriter.intakeGroups(db)
            if !groups.isEmpty {
                let window = try Data.fetchCursor(db, sql: "SELECT body FROM window ORDER BY id")
                while let body = try window.next() {
                    let batch = try SampleBatch(decoding: Array(body))
                    if groups.contains(batch.group) { memory.note(batch) }
                }
            }
            memory.requests = try Row.fetchAll(
                db,
                sql: "SELECT slot, digest FROM intake_requests ORDER BY slot"
            ).map { ($0["slot"], Array($0["digest"] as Data)) }
            return memory
        }
    }
}
