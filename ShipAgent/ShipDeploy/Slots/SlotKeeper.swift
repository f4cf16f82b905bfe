import FleetDeploy
import FleetRuntime
import Logging

/// Carries out what one slot was ordered, a step at a time.
///
/// Every step is in the journal before it changes anything on the disk, and does no harm when it is done
/// again: an agent that starts anew goes on, or back, from what the journal says.
package actor SlotKeeper {
    /// What a keeper works with.
    package struct Tools: Sendable {
        package let journal: DeploymentJournal
        package let shelf: Shelf
        package let prober: Prober
        package let facts: FactsKeeper
        package let clock: ShipClock
        package let logger: Logger
        /// Throws where a test wants the power to go.
        package let passed: @Sendable (DeployStep) throws -> Void

        package init(
            journal: DeploymentJournal,
            shelf: Shelf,
            prober: Prober,
            facts: FactsKeeper,
            clock: ShipClock,
            logger: Logger,
            passed: @escaping @Sendable (DeployStep) throws -> Void = { _ in }
        ) {
            self.journal = journal
            self.shelf = shelf
            self.prober = prober
            self.facts = facts
            self.clock = clock
            self.logger = logger
            self.passed = passed
        }
    }

    /// How often the store is looked at for what other processes ordered or said.
    static let poll = Duration.seconds(5)
    /// How often the running time is written down.
    static let markEvery: Int64 = 60_000
    /// A step leads to the next; more of them in a row than there are phases are a mistake of ours.
    private static let stepsInRow = 32

    let slot: SlotConfiguration
    let tools: Tools
    /// `nil` where the configuration names no series for it.
    let detector: AnomalyDetector?
    private var isOpened = false
    var watch: SoakWatch?
    /// The uptime at which the running time was written down last.
    var markedAt: Int64?

    var name: SlotName { slot.name }
    var journal: DeploymentJournal { tools.journal }
    var shelf: Shelf { tools.shelf }

    package init(_ slot: SlotConfiguration, tools: Tools, detector: AnomalyDetector? = nil) {
        self.slot = slot
        self.tools = tools
        self.detector = detector
    }

    /// Takes every step that can be taken now.
    ///
    /// - Returns: how long nothing will have to be done, unless an order comes.
    package func turn() async throws -> Duration {
        if !isOpened {
            try await open()
            isOpened = true
        }
        var hadTask = false
        for _ in 0..<Self.stepsInRow {
            let book = try await journal.read()
            guard let task = book.slots[name.rawValue]?.task else {
                watch = nil
                try await detector?.rest()
                if hadTask { try collect(book) }
                return Self.poll
            }
            hadTask = true
            if let pause = try await step(task, book) { return pause }
        }
        // Telemetry goes on whatever this is.
        tools.logger.error("slot \(name) takes steps and gets nowhere: it is left for a while")
        return Self.poll
    }

    /// - Returns: how long to wait; `nil` to go on at once.
    private func step(_ task: SlotTask, _ book: DeploymentBook) async throws -> Duration? {
        if task.phase.isBefore, let reason = await reasonToEnd(task) {
            return try await end(task, reason)
        }
        switch task.phase {
        case .downloading: return try await stage(task, book)
        case .staged: return try await arm(task, book)
        case .armed: return try await waitForRule(task)
        case .activating: return try await activate(task)
        case .soaking: return try await soak(task, book)
        case .goingBack: return try await goBack(task, book)
        }
    }

    /// Brings the links in line with the book, whatever became of them while nobody looked.
    private func open() async throws {
        try shelf.prepare()
        let book = try await journal.read()
        try collect(book)
        guard let state = book.slots[name.rawValue] else { return }
        for (link, tree) in [(SlotTask.Link.current, state.current), (.shadow, state.shadow)] {
            if let task = state.task, task.link == link,
                task.phase == .activating || task.phase == .goingBack
            {
                continue
            }
            guard shelf.linked(name, link) != tree else { continue }
            tools.logger.warning(
                "the \(link.rawValue) link of slot \(name) is not what the journal says: it is set"
            )
            do {
                try shelf.point(name, link, to: tree)
                _ = try await slot.tell(link, tree: tree, folder: shelf.folder(name))
            } catch {
                tools.logger.error("the link of slot \(name) can't be set: \(error)")
            }
        }
    }

    func collect(_ book: DeploymentBook) throws {
        let needed = book.needed
        try shelf.collect(needed: needed, wanted: needed.union(book.downloads.map(\.delta)))
    }

    /// Why an order that has changed nothing yet is given up.
    private func reasonToEnd(_ task: SlotTask) async -> String? {
        let directive = task.order.directive
        let now = tools.clock.now().wall
        if let notAfter = directive.notAfter, now > notAfter {
            return "the order was good until \(notAfter)"
        }
        if let most = task.order.installation?.contacts, task.contacts > most {
            return "\(most) connections have passed since the order"
        }
        let facts = await tools.facts.facts(at: now)
        if case .expired(let reason) = task.order.activation.verdict(facts, at: now) {
            return reason
        }
        return nil
    }

    /// Ends an order before it has changed anything.
    func end(_ task: SlotTask, _ reason: String) async throws -> Duration? {
        let name = name
        let now = tools.clock.now()
        try await journal.change { book in
            guard book.task(name, task.activation, task.phase) != nil else { return }
            book.end(name, .failedNoChange, reason, at: now)
        }
        return nil
    }

    func waits(_ task: SlotTask, for reason: String) async throws {
        guard task.waitsFor != reason else { return }
        let name = name
        try await journal.change { $0.waits(name, task.activation, for: reason) }
    }
}
