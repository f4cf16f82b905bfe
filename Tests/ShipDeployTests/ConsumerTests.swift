import FleetDeploy
import FleetModel
import FleetProtocol
import FleetRuntime
import FleetTestSupport
import Glibc
import ShipDeploy
import Testing

/// How the program that uses a version learns of another, and what the ship's automation says.
@Suite(.timeLimit(.minutes(10)))
struct ConsumerTests {
    /// A real process that writes a line for each signal that it gets.
    private static func withListener(
        _ folder: String,
        _ body: (_ pidFile: String, _ told: () -> Int) async throws -> Void
    ) async throws {
        let (pidFile, log) = (folder + "/consumer.pid", folder + "/consumer.log")
        let script = """
            trap 'echo told >> "\(log)"' HUP; echo $$ > "\(pidFile).new"; \
            mv "\(pidFile).new" "\(pidFile)"; while :; do sleep 0.05; done
            """
        try await withProcess(ProcessRunner("/bin/sh", ["-c", script])) { _ in
            try await eventually("the consumer runs", timeout: .seconds(120)) {
                access(pidFile, F_OK) == 0
            }
            try await body(pidFile) {
                let text = try? AtomicFile.readText(log, limit: 4096)
                return text?.split(whereSeparator: \.isNewline).count ?? 0
            }
        }
    }

    @Test func `a consumer that waits for a signal gets one for each change, the way back too`()
        async throws
    {
        try await withTemporaryDirectory { folder in
            try await Self.withListener(folder) { pidFile, told in
                let consumer = SlotConfiguration.Consumer.signal(SIGHUP, pidFile: pidFile)
                try await withScene(consumer: consumer) { scene in
                    let agent = try await scene.trusting()
                    let (old, new) = try scene.versions()
                    try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
                    try await agent.sail([try old.delta(from: nil)])
                    try await eventually("signal 1 comes", timeout: .seconds(120)) { told() == 1 }
                    try await agent.take(try scene.signed(scene.install(new, replaces: old), 3))
                    try await agent.sail([try new.delta(from: old)])
                    try await eventually("signal 2 comes", timeout: .seconds(120)) { told() == 2 }
                    let back = Directive.Order.rollBack(
                        slot: Scene.slotName,
                        deployment: 3,
                        digest: new.digest
                    )
                    try await agent.take(try scene.signed(back, 4))
                    try await agent.sail()
                    try await eventually("signal 3 comes", timeout: .seconds(120)) { told() == 3 }
                    #expect(scene.shelf.linked(Scene.slotName, .current) == old.digest)
                }
            }
        }
    }

    @Test(arguments: ["", "no number\n", "1\n", "0\n", "-1\n", "999999999\n"])
    func `a pid file that names nobody, or everybody, signals nobody, and is no fault of a version`(
        _ text: String
    ) async throws {
        try await withTemporaryDirectory { folder in
            let pidFile = folder + "/pid"
            if !text.isEmpty { try AtomicFile.write(text: text, to: pidFile) }
            // Were init or a whole group told, this test would not survive it.
            let consumer = SlotConfiguration.Consumer.signal(SIGTERM, pidFile: pidFile)
            try await withScene(consumer: consumer) { scene in
                let agent = try await scene.trusting()
                let (old, _) = try scene.versions()
                try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
                try await agent.sail([try old.delta(from: nil)])
                #expect(try await agent.states().last == .succeeded)
            }
        }
    }

    @Test func `power that goes before the consumer is told says nothing of the version`()
        async throws
    {
        try await withScene(consumer: .command(["/bin/true"])) { scene in
            let agent = try await scene.trusting()
            let (old, _) = try scene.versions()
            try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
            let cargo = try old.delta(from: nil)
            for _ in 0..<10 {
                let start = try scene.start(passed: { step in
                    if step == .linked { throw Scene.PowerCut() }
                })
                await #expect(throws: Scene.PowerCut.self) { try await start.sail([cargo]) }
            }
            try await scene.start().sail([cargo])
            #expect(try await agent.slot().current == old.digest)
            #expect(try await agent.states().last == .succeeded)
        }
    }

    @Test func `a version that cuts the power as soon as its consumer looks at it goes`()
        async throws
    {
        try await withScene(consumer: .command(["/bin/true"])) { scene in
            let agent = try await scene.trusting()
            let (old, _) = try scene.versions()
            try await agent.take(try scene.signed(scene.install(old, replaces: nil), 2))
            let cargo = try old.delta(from: nil)
            for _ in 0..<3 {
                let start = try scene.start(passed: { step in
                    if step == .told { throw Scene.PowerCut() }
                })
                await #expect(throws: Scene.PowerCut.self) { try await start.sail([cargo]) }
            }
            try await scene.start().sail([cargo])
            #expect(try await agent.slot().current == nil)
            let last = try #require(try await agent.outcomes().last)
            #expect(last.state == .failedRolledBack)
            #expect(last.reason.contains("cut off 3 times"), "\(last.reason)")
        }
    }

    // MARK: The facts file

    @Test
    func `the facts file says what holds, as of when it was written, and a newer word counts`()
        async throws
    {
        try await withScene { scene in
            let agent = try await scene.trusting()
            let path = scene.folder + "/facts"
            let keeper = FactsKeeper(store: agent.store, file: path)
            let none = await keeper.facts(at: scene.clock.now.wall)
            #expect(none.navigation == nil, "no file says nothing")
            try AtomicFile.write(
                text: "# written by the bridge\nnavigation=in_port\nnonsense\nzone=+02:00\n",
                to: path
            )
            let written = try #require(Self.setTime(of: path, 1_795_262_000))
            let now = Timestamp(seconds: 1_795_262_400)
            var facts = await keeper.facts(at: now)
            #expect(facts.navigation == .inPort)
            #expect(facts.zoneMinutes == 120)
            #expect(facts.knownAt == written)
            try await keeper.take(["navigation=under_way"], at: now)
            facts = await keeper.facts(at: now)
            #expect(facts.navigation == .underWay, "somebody said so since")
            let later = try #require(Self.setTime(of: path, 1_795_263_000))
            facts = await keeper.facts(at: Timestamp(seconds: 1_795_263_100))
            #expect(facts.navigation == .inPort && facts.knownAt == later)
        }
    }

    @Test func `a rule that asks for a ship in port goes by the facts file`() async throws {
        try await withScene { scene in
            let agent = try await scene.trusting()
            let (old, _) = try scene.versions()
            let rule = ActivationRule(navigation: [.inPort])
            let order = scene.install(old, replaces: nil, activation: rule)
            try await agent.take(try scene.signed(order, 2))
            try await agent.sail([try old.delta(from: nil)], rounds: 3)
            #expect(try await agent.slot().task?.phase == .armed)
            try AtomicFile.write(text: "navigation=in_port\n", to: scene.folder + "/facts")
            _ = Self.setTime(of: scene.folder + "/facts", 1_795_262_400)
            try await agent.sail()
            #expect(try await agent.slot().current == old.digest)
        }
    }

    private static func setTime(of path: String, _ seconds: Int) -> Timestamp? {
        let time = timespec(tv_sec: seconds, tv_nsec: 0)
        guard utimensat(AT_FDCWD, path, [time, time], 0) == 0 else { return nil }
        return Timestamp(seconds: Int64(seconds))
    }
}
