import FleetTestSupport
import Foundation
import Glibc
import Testing

/// The server and its PostgreSQL are killed at random moments while clients upload, register, promote
/// and delete, and while what nobody needs is collected.
@Suite(.timeLimit(.minutes(10)))
struct RegistryChaosTests {
    /// Kills go on for this long, and for some servers at least, however slow the machine is; a slow one
    /// goes on until there was some of everything.
    private static let duration = Duration.seconds(35)
    private static let leastLives = 4
    private static let mostLives = 40
    private static let kinds = [
        "upload", "upload in parts", "version", "alias", "promotion", "bundle", "deletion",
    ]

    private enum Victim: CaseIterable {
        case backend, database, server, both
    }

    @Test func `after any kill -9 what was acknowledged is there, whole, and nothing else`()
        async throws
    {
        let seed = SeededGenerator.seed(name: "registry-chaos")
        var random = SeededGenerator(seed: seed)
        try await EmbeddedShore.lend { embedded in
            let model = try await embedded.serve { shore in
                let model = try await GatedModel.make(shore, "chaos")
                try await model.gate("open", before: "champion", #"{"signed": true}"#)
                let bundle = try await shore.call(
                    "/api/v1/bundles",
                    method: "POST",
                    token: model.admin,
                    headers: ["Content-Type: application/json"],
                    body: #"{"name": "agent"}"#
                )
                #expect(bundle.status == 201, "\(bundle.body)")
                return model
            }
            let life = RegistryLife(model, seed: seed)
            var killed: [Victim] = []
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await life.run() }
                let end = ContinuousClock.now + Self.duration
                var lives = 0
                while ContinuousClock.now < end || lives < Self.leastLives
                    || lives < Self.mostLives && !hasAll(life)
                {
                    // Each kind comes at least once.
                    let takesDatabase = lives < 2 ? lives == 1 : random.chance(0.4)
                    killed += try await live(embedded, model, life, takesDatabase, &random)
                    lives += 1
                }
                group.cancelAll()
            }
            print(
                "killed: \(Victim.allCases.map { kind in "\(kind) \(killed.count { $0 == kind })" })"
            )
            let acknowledged = life.acknowledged
            print("acknowledged: \(acknowledged.counts.sorted { $0.key < $1.key })")
            #expect(hasAll(life), "there was not some of everything: seed \(seed)")
            try await embedded.serve { shore in
                // Its own upkeep would take turns with what makes everything due.
                shore.process.send(SIGKILL)
                try await shore.process.waitForExit()
                try await RegistryCheck(shore: shore, model: model).age()
            }
            try await embedded.serve { shore in
                let check = RegistryCheck(shore: shore, model: model)
                var faults: [String] = []
                // What is left is what the collection does not take, however long one waits.
                do {
                    try await eventually("all is collected", timeout: .seconds(240)) {
                        faults = try await check.dangling()
                        return faults.isEmpty
                    }
                } catch is NeverHappened {}
                #expect(faults == [], "seed \(seed)")
                let broken = try await check.broken(acknowledged)
                #expect(broken == [], "seed \(seed)")
                try await findsFaults(check, acknowledged)
            }
        }
    }

    private func hasAll(_ life: RegistryLife) -> Bool {
        let counts = life.acknowledged.counts
        return Self.kinds.allSatisfy { counts[$0] ?? 0 > 2 }
    }

    /// One server's life.
    ///
    /// - Parameter takesDatabase: whether the database ends with it.
    /// - Returns: what was killed in it; the server itself comes last.
    private func live(
        _ embedded: EmbeddedShore,
        _ model: GatedModel,
        _ life: RegistryLife,
        _ takesDatabase: Bool,
        _ random: inout SeededGenerator
    ) async throws -> [Victim] {
        var killed: [Victim] = []
        let process = try embedded.runner().start()
        do {
            let shore = try await embedded.shore(process)
            life.go(to: shore)
            // Of what a start collects too there should be something to cut short.
            let count = takesDatabase ? 2 : Int.random(in: 0...2, using: &random)
            for number in 0..<count {
                try await pause(&random)
                let isBackend = takesDatabase ? number == 0 : random.chance(0.5)
                let victim = isBackend ? embedded.backends.first : embedded.postmaster
                if let victim { kill(victim, SIGKILL) }
                killed.append(isBackend ? .backend : .database)
                try await eventually("the database is back", timeout: .seconds(240)) {
                    try await shore.call("/readyz").status == 200
                }
            }
            try await pause(&random)
            try await RegistryCheck(shore: shore, model: model).ageReleased()
            try await pause(&random)
            if takesDatabase, let postmaster = embedded.postmaster { kill(postmaster, SIGKILL) }
            process.send(SIGKILL)
            killed.append(takesDatabase ? .both : .server)
            life.go(to: nil)
            try await process.waitForExit()
        } catch {
            await process.end()
            throw error
        }
        await process.end()
        return killed
    }

    private func pause(_ random: inout SeededGenerator) async throws {
        try await Task.sleep(for: .milliseconds(Int.random(in: 20...900, using: &random)))
    }

    /// The checks see what they should: a file of nobody, one that is gone, and a lost version.
    private func findsFaults(
        _ check: RegistryCheck,
        _ acknowledged: RegistryLife.Acknowledged
    ) async throws {
        let home = check.home
        let shard = try #require(
            TemporaryDirectory.names(in: home).first { shard in
                shard != "incoming" && !TemporaryDirectory.names(in: "\(home)/\(shard)").isEmpty
            }
        )
        let name = try #require(TemporaryDirectory.names(in: "\(home)/\(shard)").first)
        #expect(rename("\(home)/\(shard)/\(name)", "\(home)/\(shard)/other") == 0)
        #expect(
            try await check.dangling()
                == [
                    "\(shard)/\(name) is not on the disk",
                    "\(shard)/other is on the disk, and nobody's",
                ].sorted()
        )
        #expect(rename("\(home)/\(shard)/other", "\(home)/\(shard)/\(name)") == 0)
        var expected = acknowledged
        expected.versions[1_000_000] = [:]
        expected.files["1/files/none"] = ["something"]
        expected.promotions.insert(1_000_000)
        let broken = try await check.broken(expected)
        #expect(broken.count == 3, "\(broken)")
    }
}
