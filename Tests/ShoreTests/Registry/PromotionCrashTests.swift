import CoreDomain
import FleetTestSupport
import Foundation
import Testing

/// A server that is killed while versions are promoted leaves each promotion whole, or none of it.
@Suite(.timeLimit(.minutes(10)))
struct PromotionCrashTests {
    private static let rounds = 4
    private static let versions = 24

    /// Asks for promotions of ever new versions, until the server is gone.
    private func promote(_ model: GatedModel, _ versions: [Int]) async {
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask {
                    for version in versions where version % 4 == worker {
                        let isDirect = version.isMultiple(of: 3)
                        let answer =
                            isDirect
                            ? try? await model.setAlias("champion", version)
                            : try? await model.promote(version, to: "champion")
                        guard answer != nil else { return }
                    }
                }
            }
        }
    }

    private func restarted<Result>(
        _ shore: Shore,
        _ body: (Shore) async throws -> Result
    ) async throws -> Result {
        try await withProcess(Shore.serve(shore.database, data: shore.data)) { process in
            try await body(
                Shore(
                    process: process,
                    database: shore.database,
                    data: shore.data,
                    pool: shore.pool,
                    superuser: shore.superuser
                )
            )
        }
    }

    private func crash(_ model: GatedModel, _ versions: [Int], after pause: Duration) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await promote(model, versions) }
            try await Task.sleep(for: pause)
            model.shore.process.send(SIGKILL)
            _ = try await model.shore.process.waitForExit()
            // Nobody answers those who wait still.
            group.cancelAll()
        }
    }

    @Test func `kill -9 during promotions leaves all of one or nothing`() async throws {
        let seed = SeededGenerator.seed(name: "promotions")
        var random = SeededGenerator(seed: seed)
        let pauses = (0..<Self.rounds).map { _ in
            Duration.milliseconds(Int.random(in: 30...500, using: &random))
        }
        try await Shore.lend { shore in
            let model = try await GatedModel.make(shore, "crashing")
            try await model.gate("open", before: "champion", #"{"signed": true}"#)
            var parts: [[Int]] = []
            for _ in pauses {
                var part: [Int] = []
                for _ in 0..<Self.versions { part.append(try await model.version()) }
                parts.append(part)
            }
            try await crash(model, parts[0], after: pauses[0])
            #expect(try await PromotionFaults.all(shore) == [], "seed \(seed)")
            for (part, pause) in zip(parts, pauses).dropFirst() {
                try await restarted(shore) { again in
                    try await crash(model.on(again), part, after: pause)
                }
                #expect(try await PromotionFaults.all(shore) == [], "seed \(seed)")
            }
            try await restarted(shore) { again in
                // Who comes after goes on.
                let model = model.on(again)
                let last = try #require(parts.last?.last)
                let first = try #require(parts.first?.first)
                for version in [last, first] {
                    #expect(try await model.setAlias("champion", version).status == 200)
                }
                #expect(try await PromotionFaults.all(again) == [])
                #expect(try await model.moves("champion").count > 2, "nothing came before a kill")
                // The search finds what a promotion cut in two would leave.
                try await again.plant("DELETE FROM hawser.model_moves WHERE move_number = 2")
                #expect(!(try await PromotionFaults.all(again)).isEmpty)
            }
        }
    }
}
