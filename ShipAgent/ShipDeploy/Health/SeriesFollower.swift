import FleetModel
import Logging
import ShipStore

/// Who looks at every value as it is stored, and now and then at what it has come to.
protocol SeriesFollower: Actor {
    /// For the log.
    nonisolated var subject: String { get }

    func take(_ number: SeriesNumber, _ received: SeriesWatch.Value)
    func tend() async throws
}

extension SeriesFollower {
    func follow(_ store: ShipStore, tendingEvery pause: Duration, _ logger: Logger) async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                for await (number, value) in store.watch.values() { await self.take(number, value) }
            }
            group.addTask {
                while !Task.isCancelled {
                    do {
                        try await self.tend()
                    } catch {
                        logger.warning("\(self.subject): \(error)")
                    }
                    try? await Task.sleep(for: pause)
                }
            }
        }
    }
}
