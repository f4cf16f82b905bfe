import FleetModel
import ShipStore

/// Ends the series of targets that are no longer configured: each gets its staleness marker.
package enum TargetRetirement {
    /// - Parameters:
    ///   - kept: identities of the targets that go on.
    ///   - prefix: of the identities to look at; replays, for one, are not configured.
    /// - Returns: how many targets were retired.
    package static func retire(
        in store: ShipStore,
        except kept: Set<String>,
        prefix: String,
        at now: Timestamp
    ) async throws -> Int {
        try await store.write { writer in
            var count = 0
            for target in try writer.targets()
            where target.identity.hasPrefix(prefix) && !kept.contains(target.identity)
                && !target.live.isEmpty
            {
                // Labels don't matter: the markers go to the numbers that were live.
                var session = ScrapeSession(
                    target: ScrapeTarget(group: target.group, job: "", instance: ""),
                    live: target.live
                )
                try writer.accept(session.retired(at: now).batches, at: now)
                try writer.setLive([], group: target.group)
                count += 1
            }
            return count
        }
    }
}
