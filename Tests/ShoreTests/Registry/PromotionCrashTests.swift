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

    /// What is not whole, in words.
    private func faults(_ shore: Shore) async throws -> [String] {
        let wrong = """
            SELECT 'applied without a move' AS value FROM hawser.promotions AS p
            WHERE state = 'applied' AND NOT EXISTS (
                SELECT FROM hawser.model_moves AS m
                WHERE m.tenant_id = p.tenant_id AND m.promotion_id = p.promotion_id
                    AND m.to_version = p.version
            )
            UNION ALL
            SELECT 'a move without its promotion' FROM hawser.model_moves AS m
            WHERE promotion_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM hawser.promotions AS p
                WHERE m.tenant_id = p.tenant_id AND m.promotion_id = p.promotion_id
                    AND p.state = 'applied'
            )
            UNION ALL
            SELECT 'a gap in the record' FROM (
                SELECT move_number, row_number() OVER place AS number, from_version,
                    lag(to_version) OVER place AS before
                FROM hawser.model_moves
                WINDOW place AS (PARTITION BY tenant_id, registered_model_id ORDER BY move_number)
            ) AS m
            WHERE move_number <> number OR from_version IS DISTINCT FROM before
            UNION ALL
            SELECT 'the alias is not where the record ends' FROM hawser.model_aliases AS a
            WHERE version IS DISTINCT FROM (
                SELECT to_version FROM hawser.model_moves AS m
                WHERE m.tenant_id = a.tenant_id AND m.registered_model_id = a.registered_model_id
                ORDER BY move_number DESC LIMIT 1
            )
            UNION ALL
            SELECT 'moves and audit differ' WHERE
                (SELECT count(*) FROM hawser.model_moves)
                <> (SELECT count(*) FROM hawser.audit_entries WHERE action = 'alias.set')
            UNION ALL
            SELECT 'promotions and audit differ' WHERE
                (SELECT count(*) FROM hawser.promotions)
                <> (SELECT count(*) FROM hawser.audit_entries WHERE action = 'promotion.create')
            """
        return try await shore.look(wrong)
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
            #expect(try await faults(shore) == [], "seed \(seed)")
            for (part, pause) in zip(parts, pauses).dropFirst() {
                try await restarted(shore) { again in
                    try await crash(model.on(again), part, after: pause)
                }
                #expect(try await faults(shore) == [], "seed \(seed)")
            }
            try await restarted(shore) { again in
                // Who comes after goes on.
                let model = model.on(again)
                let last = try #require(parts.last?.last)
                let first = try #require(parts.first?.first)
                for version in [last, first] {
                    #expect(try await model.setAlias("champion", version).status == 200)
                }
                #expect(try await faults(again) == [])
                #expect(try await model.moves("champion").count > 2, "nothing came before a kill")
                // The search finds what a promotion cut in two would leave.
                try await again.plant("DELETE FROM hawser.model_moves WHERE move_number = 2")
                #expect(!(try await faults(again)).isEmpty)
            }
        }
    }
}
