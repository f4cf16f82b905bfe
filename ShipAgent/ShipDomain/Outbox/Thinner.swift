import FleetModel
import FleetRuntime
import FleetSeries
import Logging
import ShipStore

/// Steps down the ladder when more waits than the link's budget or the disk can take: the oldest of
/// the finest rung first, one rung at a time, until it fits. So everything reaches the shore at a
/// rung that fits before anything at a finer one, and every step is declared.
package actor Thinner {
    package struct Limits: Sendable {
        /// How far ahead the link's budget counts.
        package var horizon: Duration
        /// Of the budget, for what waits, whatever is fresh.
        package var backlogShare: Double
        /// Bytes that the store may take on the disk.
        package var storeBytes: UInt64
        /// Bytes of thinned raw samples that are kept in case the shore wants them.
        package var archiveBytes: UInt64

        package init(
            horizon: Duration = .seconds(7 * 86_400),
            backlogShare: Double = 0.2,
            storeBytes: UInt64 = 4 << 30,
            archiveBytes: UInt64 = 256 << 20
        ) {
            self.horizon = horizon
            self.backlogShare = backlogShare
            self.storeBytes = storeBytes
            self.archiveBytes = archiveBytes
        }
    }

    private let store: ShipStore
    private let desk: LinkDesk
    private let limits: Limits
    private var cumulative: Set<SeriesNumber> = []
    private var cumulativeEnd: UInt32 = 0

    /// What a coarser rung must save to be worth a step: a tenth.
    private static let leastSaving = 0.9
    /// Rows and bytes of rollups that are joined into one segment.
    private static let rowsPerSegment = 32_768
    private static let bytesPerSegment = 160 * 1024
    private static let unitsInRoom: UInt64 = 24

    package init(store: ShipStore, desk: LinkDesk, limits: Limits) {
        self.store = store
        self.desk = desk
        self.limits = limits
    }

    /// Thins until all fits.
    ///
    /// - Returns: the samples that stepped down, once for every step.
    @discardableResult
    package func tend() async throws -> UInt64 {
        var thinned: UInt64 = 0
        while !Task.isCancelled, let need = try await need() {
            // What a session has just sent is not there any more: looked for anew, a few times.
            guard let samples = try await step(need) else { break }
            thinned += samples
            try await join(room: need.room)
        }
        return thinned
    }

    private struct Need {
        let finest: Rung
        let reason: Declaration.Reason
        /// What all that waits may have.
        let room: UInt64
    }

    private func need() async throws -> Need? {
        let used = try await store.usedBytes()
        if used > limits.storeBytes {
            let excess = used - limits.storeBytes
            if try await makeRoomInArchive(excess) { return try await need() }
            return Need(finest: .raw, reason: .disk, room: limits.storeBytes)
        }
        let foresight = Foresight(
            linkClass: desk.linkClass,
            horizon: limits.horizon,
            freshPerDay: try await store.freshBytesPerDay(),
            backlogShare: limits.backlogShare
        )
        let waiting = try await store.poolTotals()
        let room = [foresight.total, foresight.raw, foresight.rollups].compactMap { $0 }.min() ?? 0
        return foresight.finestInExcess(waiting).map {
            Need(finest: $0, reason: .budget, room: room)
        }
    }

    /// What was thinned already goes before anything else is.
    private func makeRoomInArchive(_ bytes: UInt64) async throws -> Bool {
        let held = try await store.archivedBytes()
        guard held > 0 else { return false }
        let limit = held > bytes ? held - bytes : 0
        try await store.tidy { try $0.trimArchive(to: limit) }
        return true
    }

    /// - Returns: the samples of the unit; `nil` when nothing can be thinned any more.
    private func step(_ need: Need) async throws -> UInt64? {
        let isLast = need.reason == .disk
        for _ in 0..<Self.attempts {
            var unit = try await store.unitToThin(from: need.finest)
            if unit == nil, isLast {
                unit = try await store.unitToThin(from: need.finest, includingWanted: true)
            }
            guard let unit else { return nil }
            let (rung, rollups) = try await coarser(unit)
            let archive = isLast ? 0 : limits.archiveBytes
            let reason = need.reason
            let isDone = try await store.tidy { writer in
                try writer.thin(unit, to: rung, rollups, reason: reason, archiveLimit: archive)
            }
            if isDone { return unit.samples }
        }
        return nil
    }

    /// A session sends while this thinks.
    private static let attempts = 10

    /// The next rung that is worth it, and what the unit is there.
    private func coarser(_ unit: PoolUnit) async throws -> (Rung, [SealedSegment]) {
        try await learnSeries()
        for rung in Rung.allCases where rung > unit.rung {
            let rollups: [SealedSegment]
            do {
                rollups = try Self.rollups(of: unit, rung, cumulative)
            } catch {
                // It can't be read aboard: that it was there is declared.
                break
            }
            let length = rollups.reduce(0) { $0 + $1.bytes.count }
            if Double(length) <= Double(unit.length) * Self.leastSaving { return (rung, rollups) }
        }
        // Behind the counts of each series, one number for all of them: the declaration's.
        return (.counts, [])
    }

    private func learnSeries() async throws {
        let (numbers, end) = try await store.cumulativeSeries(from: cumulativeEnd)
        cumulative.formUnion(numbers)
        cumulativeEnd = end
    }

    private static func rollups(
        of unit: PoolUnit,
        _ rung: Rung,
        _ cumulative: Set<SeriesNumber>
    ) throws(SegmentError) -> [SealedSegment] {
        var builder = RollupBuilder(rung: rung) { cumulative.contains($0) }
        for body in unit.bodies {
            if unit.rung == .raw {
                try builder.add(try MetricsSegmentDecoder.decode(body[...]))
            } else {
                try builder.add(try RollupSegment.decode(body[...]))
            }
        }
        return try RollupSegment.seal(builder.finish(), rung: rung)
    }

    /// Makes one segment of the rollups of several hours: most of a short one is its beginning. What
    /// is joined is thinned together, so that none may be much of the room.
    private func join(room: UInt64) async throws {
        let bytes = min(Self.bytesPerSegment, Int(clamping: room / Self.unitsInRoom))
        while true {
            let units = try await store.unitsToJoin(rows: Self.rowsPerSegment, bytes: bytes)
            guard let rung = units.first?.rung else { return }
            try await learnSeries()
            let known = cumulative
            var builder = RollupBuilder(rung: rung) { known.contains($0) }
            for unit in units {
                for body in unit.bodies { try builder.add(try RollupSegment.decode(body[...])) }
            }
            let rollups = try RollupSegment.seal(builder.finish(), rung: rung)
            guard rollups.count < units.count,
                try await store.tidy({ try $0.join(units, rollups) })
            else { return }
        }
    }
}
