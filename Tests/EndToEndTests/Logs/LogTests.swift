import FleetTestSupport
import Foundation
import Testing

/// Log records from those who write them to those who search them: real programs on both sides.
@Suite(.timeLimit(.minutes(10)), .serialized) struct LogTests {
    private struct Scene {
        let shore: Shore
        let folder: String
        let link: LinkEmulator
        let ship: ShipAboard
        let ports: LogPorts
        let token: String

        func find(_ query: String = "") async throws -> [LogPorts.Answer.Record] {
            try await LogPorts.searchAll(shore, token: token, ship: "alpha", query)
        }
    }

    private static func with(
        settings: String = "",
        rate: Int = 1_000_000,
        _ body: (Scene) async throws -> Void
    ) async throws {
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            let token = try await shore.command(
                "token",
                "create",
                "--tenant",
                "blue",
                "--role",
                "viewer",
                "--name",
                "test"
            )
            try await withLink(upstream: ("127.0.0.1", shore.syncPort)) { link in
                let ports = try LogPorts(rate: rate)
                try await ShipAboard.with(
                    "alpha",
                    of: "blue",
                    at: shore,
                    data: "\(folder)/alpha",
                    syncPort: link.port,
                    settings: ports.settings + "\n" + settings
                ) { ship in
                    try ship.start()
                    try await ports.waitUntilOpen(ship)
                    try await body(
                        Scene(
                            shore: shore,
                            folder: folder,
                            link: link,
                            ship: ship,
                            ports: ports,
                            token: token
                        )
                    )
                    try await ship.stop()
                }
            }
        }
    }

    @Test func `what logger sends and programs post is ashore once, and is found there`()
        async throws
    {
        try await Self.with { scene in
            let ports = scene.ports
            try await ports.log(
                "--udp",
                "--rfc5424",
                "--tag",
                "gyro",
                "--priority",
                "local3.err",
                "--msgid",
                "G7",
                "--sd-id",
                "fix@32473",
                "--sd-param",
                "axis=\"yaw\"",
                "gyro drifts by UDP"
            )
            try await ports.log(
                "--udp",
                "--rfc3164",
                "--tag",
                "radar",
                "--priority",
                "user.debug",
                "radar old style"
            )
            try await ports.log(
                "--tcp",
                "--tag",
                "helm",
                "--priority",
                "auth.warning",
                "helm by TCP"
            )
            try await ports.log(
                "--tcp",
                "--octet-count",
                "--rfc5424",
                "--tag",
                "bilge",
                "--priority",
                "daemon.crit",
                "bilge counted"
            )
            let status = try await ports.post(
                [
                    #"{"message":"posted one","level":"info","app":"shop","deck":4}"#, "",
                    #"{"msg":"posted two","severity":3}"#,
                ],
                in: scene.folder
            )
            #expect(status == 204)
            #expect(try await ports.post(["{}"], in: scene.folder) == 400)
            try await eventually("all is accepted", timeout: .seconds(240)) {
                try await scene.ship.status().lane("logs")?.produced == 6
            }
            let drained = try await scene.ship.waitUntilDrained()
            #expect(drained.isBalanced)

            let all = try await scene.find()
            #expect(
                Set(all.map(\.message)) == [
                    "gyro drifts by UDP", "radar old style", "helm by TCP", "bilge counted",
                    "posted one", "posted two",
                ]
            )
            #expect(all.count == 6)
            #expect(all.map(\.at) == all.map(\.at).sorted(by: >))
            let gyro = try #require(try await scene.find("q=GYRO%20udp").first)
            #expect(gyro.app == "gyro")
            #expect(gyro.severity == "error")
            #expect(gyro.facility == 19)
            #expect(gyro.msgid == "G7")
            #expect(gyro.structured["fix@32473.axis"] == "yaw")
            let helm = try #require(try await scene.find("q=helm").first)
            #expect(helm.severity == "warning")
            #expect(helm.facility == 4)
            #expect(helm.app == "helm")
            let radar = try #require(try await scene.find("q=radar").first)
            #expect(radar.app == "radar")
            #expect(!radar.host.isEmpty)
            let grave = try await scene.find("severity=error")
            #expect(
                Set(grave.map(\.message)) == ["gyro drifts by UDP", "bilge counted", "posted two"]
            )
            #expect(
                try await scene.find("q=posted").first { $0.app == "shop" }?.structured["deck"]
                    == "4"
            )
        }
    }

    @Test func `what was answered with 204 survives kill -9 and is ashore once`() async throws {
        try await Self.with { scene in
            var acknowledged: Set<String> = []
            for round in 0..<3 {
                scene.link.setOutage(round == 1)
                let kill = Task {
                    try await Task.sleep(for: .milliseconds(700 + 400 * round))
                    await scene.ship.kill()
                }
                for number in 0..<100_000 {
                    let messages = (0..<20).map { "round \(round) post \(number) line \($0)" }
                    let lines = messages.map { #"{"message":"\#($0)"}"# }
                    guard try await scene.ports.post(lines, in: scene.folder) == 204 else { break }
                    acknowledged.formUnion(messages)
                }
                try await kill.value
                try scene.ship.start()
                try await scene.ports.waitUntilOpen(scene.ship)
            }
            scene.link.setOutage(false)
            let status = try await scene.ship.waitUntilDrained()
            let found = try await scene.find().map(\.message)
            #expect(acknowledged.count >= 100)
            #expect(Set(found).count == found.count, "nothing is there twice")
            #expect(acknowledged.subtracting(found).isEmpty, "nothing acknowledged is missing")
            #expect(status.lane("logs")?.stored == UInt64(found.count))
        }
    }

    @Test func `a flood beyond the limit loses the mildest, and says how many`() async throws {
        try await Self.with(settings: "logs_max_bytes: 1MiB") { scene in
            scene.link.setOutage(true)
            var generator = SeededGenerator(seed: 3)
            let severities = ["debug", "info", "error"]
            for round in 0..<60 {
                let severity = severities[round % 3]
                // Only debug alone is too much.
                let count = severity == "debug" ? 400 : 20
                let lines = (0..<count).map { number in
                    let noise = (0..<24).map { _ in
                        String(UInt64.random(in: 0 ... .max, using: &generator), radix: 36)
                    }
                    return
                        #"{"message":"r\#(round) n\#(number) \#(noise.joined())","level":"\#(severity)"}"#
                }
                #expect(try await scene.ports.post(lines, in: scene.folder) == 204)
            }
            let produced: UInt64 = 20 * 400 + 40 * 20
            try await eventually("the queue is within its limit", timeout: .seconds(240)) {
                let lane = try await scene.ship.status().lane("logs")
                return lane?.queued_bytes ?? .max <= 1 << 20
            }
            scene.link.setOutage(false)
            let status = try await scene.ship.waitUntilDrained()
            let lane = try #require(status.lane("logs"))
            #expect(lane.produced == produced)
            #expect(lane.lost > 0)
            #expect(lane.isBalanced)
            let found = try await scene.find()
            #expect(UInt64(found.count) == lane.stored)
            for severity in ["info", "error"] {
                #expect(found.count { $0.severity == severity } == 400, "\(severity)")
            }
            let report = try await LogPorts.search(
                scene.shore,
                token: scene.token,
                ship: "alpha",
                "limit=1&q=r59"
            )
            #expect(report.records.first?.message.hasPrefix("r59") == true)
            try await ShoreTables.with(scene.shore) { tables in
                let events = try await tables.eventKinds(of: scene.ship.identity)
                #expect(events.contains("logs_dropped"))
            }
        }
    }

    @Test func `a flood of datagrams is accounted for to the message`() async throws {
        try await Self.with(rate: 200) { scene in
            let file = "\(scene.folder)/flood.txt"
            let lines = (0..<5000).map { "datagram \($0)" }
            try lines.joined(separator: "\n").write(
                toFile: file,
                atomically: false,
                encoding: .utf8
            )
            try await scene.ports.log("--udp", "--rfc5424", "--file", file)
            try await eventually("every datagram is counted", timeout: .seconds(240)) {
                let lane = try await scene.ship.status().lane("logs")
                return lane?.produced == 5000
            }
            let status = try await scene.ship.waitUntilDrained()
            let lane = try #require(status.lane("logs"))
            #expect(lane.lost > 0)
            #expect(lane.stored >= 400, "two seconds' worth is let in at once")
            #expect(lane.isBalanced)
            #expect(try await scene.find().count == Int(lane.stored))
        }
    }

    @Test(
        .enabled("needs root: a tmpfs is mounted as a small disk") { await SmallDisk.isPossible() }
    )
    func `on a full disk a sender is told to wait, and nothing answered is lost`() async throws {
        try await Shore.with { shore, folder in
            try await shore.command("tenant", "create", "blue")
            let token = try await shore.command(
                "token",
                "create",
                "--tenant",
                "blue",
                "--role",
                "viewer",
                "--name",
                "test"
            )
            let ports = try LogPorts()
            try await SmallDisk.with(at: "\(folder)/disk", bytes: 16 << 20) { disk in
                try await ShipAboard.with(
                    "alpha",
                    of: "blue",
                    at: shore,
                    data: "\(folder)/disk/agent",
                    syncPort: shore.syncPort,
                    settings: ports.settings
                ) { ship in
                    try ship.start()
                    try await ports.waitUntilOpen(ship)
                    #expect(try await ports.post([#"{"message":"before"}"#], in: folder) == 204)
                    try disk.fill()
                    var status = 204
                    var accepted = 1
                    while status == 204, accepted < 1000 {
                        let line = #"{"message":"full \#(accepted)"}"#
                        status = try await ports.post([line], in: folder)
                        if status == 204 { accepted += 1 }
                    }
                    #expect(status == 503)
                    #expect(ship.isRunning)
                    try await ports.log("--tcp", "--tag", "patient", "waits for room")
                    disk.clear()
                    try await eventually("there is room again", timeout: .seconds(240)) {
                        try await ports.post([#"{"message":"after"}"#], in: folder) == 204
                    }
                    try await eventually("who waited is let in", timeout: .seconds(240)) {
                        let lane = try await ship.status().lane("logs")
                        return lane?.produced == UInt64(accepted + 2)
                    }
                    _ = try await ship.waitUntilDrained()
                    let found = try await LogPorts.searchAll(shore, token: token, ship: "alpha")
                    #expect(found.count == accepted + 2)
                    #expect(found.contains { $0.message == "waits for room" })
                    try await ship.stop()
                }
            }
        }
    }
}
