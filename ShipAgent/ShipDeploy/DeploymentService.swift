import FleetDeploy
import FleetModel
import FleetRuntime
import Logging
import ServiceLifecycle
import ShipStore

/// Deployments aboard: the desk that takes orders, and a keeper for every slot of the configuration.
package struct DeploymentService: Service {
    package struct Configuration: Sendable {
        /// Where artifacts lie.
        package let directory: String
        package let slots: [SlotConfiguration]
        package let factsFile: String?

        package init(
            directory: String,
            slots: [SlotConfiguration] = [],
            factsFile: String? = nil
        ) {
            self.directory = directory
            self.slots = slots
            self.factsFile = factsFile
        }
    }

    private static let tickEvery = Duration.seconds(15)
    private static let troublePause = Duration.seconds(10)

    package let desk: OrderDesk
    private let keepers: [SlotKeeper]
    private let comparers: [ShadowComparer]
    package let detectors: [AnomalyDetector]
    private let journal: DeploymentJournal
    private let shelf: Shelf
    private let bell: WakeBell
    private let logger: Logger

    /// - Parameters:
    ///   - passed: throws where a test wants the power to go.
    package init(
        _ configuration: Configuration,
        ship: ShipIdentity,
        store: ShipStore,
        clock: ShipClock = .system,
        logger: Logger,
        passed: @escaping @Sendable (DeployStep) throws -> Void = { _ in }
    ) {
        let bell = WakeBell()
        let tools = SlotKeeper.Tools(
            journal: DeploymentJournal(store: store, clock: clock),
            shelf: Shelf(directory: configuration.directory),
            prober: Prober(store: store, clock: clock),
            facts: FactsKeeper(store: store, file: configuration.factsFile),
            clock: clock,
            logger: logger,
            passed: passed
        )
        journal = tools.journal
        shelf = tools.shelf
        self.bell = bell
        self.logger = logger
        desk = OrderDesk(
            ship: ship,
            slots: configuration.slots,
            tools: tools,
            bell: bell
        )
        let detectors = configuration.slots.filter { !$0.anomalies.isEmpty }
            .map { AnomalyDetector($0, store: store, prober: tools.prober, clock: clock) }
        self.detectors = detectors
        keepers = configuration.slots.map { slot in
            SlotKeeper(
                slot,
                tools: tools,
                detector: detectors.first { $0.slot.name == slot.name }
            )
        }
        comparers = configuration.slots.filter { !$0.comparisons.isEmpty }
            .map { ShadowComparer($0, store: store, clock: clock) }
    }

    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                await withDiscardingTaskGroup { group in
                    for keeper in keepers { group.addTask { await keep(keeper) } }
                    // What is wished for may be allowed with time alone.
                    group.addTask { await tick() }
                    for comparer in comparers { group.addTask { await comparer.run(logger) } }
                    for detector in detectors { group.addTask { await detector.run(logger) } }
                }
                // Where there is no slot, the desk alone is there: it says so to whoever orders.
                try await Task.sleep(for: .seconds(1 << 30))
            }
        } catch is CancellationError {
            // Stopping is how it ends.
        }
    }

    private func tick() async {
        guard !keepers.isEmpty else { return }
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.tickEvery)
            bell.tick()
        }
    }

    private func keep(_ keeper: SlotKeeper) async {
        let throttle = Throttle(every: .seconds(60))
        while !Task.isCancelled {
            let rings = bell.rings
            var pause = Self.troublePause
            do {
                pause = try await keeper.turn()
            } catch {
                if Task.isCancelled { return }
                throttle.log(
                    logger,
                    .error,
                    "a slot's step failed and will be tried again",
                    metadata: [LogKey.error: .string(CommandLineFailure.describe(error))]
                )
            }
            await bell.wait(since: rings, atMost: pause)
        }
    }

    /// Takes what somebody carried aboard.
    package func apply(folder: String) async throws -> [OrderFolder.Line] {
        try await OrderFolder(folder, desk: desk, journal: journal, shelf: shelf).apply()
    }

    /// Takes every step that can be taken now, of all slots: for tests.
    package func turn() async throws {
        for keeper in keepers { _ = try await keeper.turn() }
    }
}
