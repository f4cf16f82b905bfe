import Testing

/// Compares a ship's account with what is ashore.
enum Account {
    /// Everything that the ship has produced is ashore once, and the samples are these.
    static func check(
        _ shore: Shore,
        _ ship: ShipAboard,
        _ status: ShipAboard.Status,
        expected: SampleTally
    ) async throws {
        try await ShoreTables.with(shore) { tables in
            let ashore = try await tables.samples(of: ship.identity)
            let differences = ashore.differences(from: expected)
            #expect(differences.isEmpty, "\(differences.prefix(10).joined(separator: "\n"))")
            #expect(ashore.count == expected.count)
            // Nothing lies outside of the time that was looked at.
            let counted = try await tables.sampleCount(of: ship.identity)
            #expect(counted == Int64(expected.count))
            let events = try await tables.eventCount(of: ship.identity)
            #expect(events == Int64(status.lane("events")?.produced ?? 0))
            let aside = try await tables.reasonsForQuarantine(of: ship.identity)
            #expect(aside.isEmpty, "\(aside.prefix(10).joined(separator: "\n"))")
            let lanes = try await tables.lanes(of: ship.identity)
            for lane in status.lanes where lane.produced > 0 {
                #expect(lanes[lane.lane]?.records == Int64(lane.produced), "\(lane.lane)")
                #expect(lanes[lane.lane]?.quarantined == 0, "\(lane.lane)")
            }
        }
    }
}
