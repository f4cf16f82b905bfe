import CorePostgres
import Testing

@testable import CoreRegistry

/// MLflow's filter grammar.
struct SearchParserTests {
    @Test(arguments: [
        ("metrics.acc > 0.25", "metrics", "acc"),
        ("metrics.`extra/m-1` = 7", "metrics", "extra/m-1"),
        ("metrics.\"extra/m-1\" > 6", "metrics", "extra/m-1"),
        ("tags.mlflow.source.type = 'LOCAL'", "tags", "mlflow.source.type"),
        ("attributes.`run name` = 'a'", "attributes", "run name"),
        ("params.lr!='3'", "params", "lr"), ("tags.x IS NOT NULL", "tags", "x"),
        ("attribute.run_id NOT IN ('a', 'b')", "attribute", "run_id"),
        ("metrics.x >= -1.5e-3", "metrics", "x"), ("metrics.x < .5", "metrics", "x"),
    ])
    func `an identifier may be quoted, and keeps its dots`(
        _ filter: String,
        _ entity: String,
        _ key: String
    ) throws {
        let clauses = try SearchParser.clauses(of: filter)
        #expect(clauses.count == 1)
        #expect(clauses.first?.entity == entity)
        #expect(clauses.first?.key == key)
    }

    @Test func `numbers and texts are told apart`() throws {
        let clauses = try SearchParser.clauses(of: "a.x = 1.50 and a.y = '1.50' AND z <= -2e3")
        #expect(
            clauses.map(\.test) == [
                .compare(.equal, .number("1.50")), .compare(.equal, .text("1.50")),
                .compare(.lessOrEqual, .number("-2e3")),
            ]
        )
    }

    @Test(arguments: [
        "garbage", "name", "name = x", "a = 'b' OR c = 'd'", "(a = 'b')", "a = 'b' AND",
        "AND a = 'b'", "metrics.acc >", "metrics.acc ~ 3", "run_id IN ()", "run_id IN ('a',)",
        "run_id IN (1)", "a = 'open", "NOT a = 'b'", "a NOT = 'b'", "a IS 'b'", "a = nan",
        "a = inf", "'a' = 'b'", "a = 'b'; DROP TABLE x", "a = 'b' -- c", "a == 'b'", "a <> 'b'",
    ])
    func `what is no filter is refused`(_ filter: String) {
        #expect(throws: RegistryError.self) { try SearchParser.clauses(of: filter) }
    }

    @Test func `no filter asks nothing`() throws {
        #expect(try SearchParser.clauses(of: nil).isEmpty)
        #expect(try SearchParser.clauses(of: " \n").isEmpty)
    }

    @Test func `a filter has an end to its length and its clauses`() {
        let long = String(repeating: "a = 'b' AND ", count: 100) + "a = 'b'"
        #expect(throws: RegistryError.self) { try SearchParser.clauses(of: long) }
        let longer = "a = '" + String(repeating: "x", count: 70_000) + "'"
        #expect(throws: RegistryError.self) { try SearchParser.clauses(of: longer) }
    }

    @Test func `what a caller wrote never becomes a part of the statement`() throws {
        let bad = "'; DROP TABLE hawser.runs; --"
        var query = SearchQuery(RunQueries.subject)
        try query.add(
            SearchClause(entity: "tags", key: bad, test: .compare(.equal, .text(bad)))
        )
        try query.order(by: "params", bad, isAscending: true)
        let statement = query.statement("test", columns: "1", limit: 1, offset: 0)
        #expect(!statement.sql.contains("DROP"))
    }

    @Test func `random text is read or refused, and never traps`() {
        let seed = UInt64.random(in: 0...UInt64.max)
        var generator = SeededGenerator(seed)
        let parts = [
            "a", ".", "`", "'", "\"", "=", "!=", "<", ">", "(", ")", ",", " ", "AND", "IN", "NOT",
            "IS", "NULL", "1", "-", "e", "é", "\u{0}", "%", "LIKE",
        ]
        for _ in 0..<20_000 {
            let count = Int.random(in: 0...12, using: &generator)
            let filter = (0..<count).map { _ in
                parts.randomElement(using: &generator) ?? ""
            }.joined()
            do {
                _ = try SearchParser.clauses(of: filter)
            } catch {
                #expect(error.code == .invalid, "seed \(seed)")
            }
        }
    }
}

/// SplitMix64: the same numbers for the same seed.
private struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
