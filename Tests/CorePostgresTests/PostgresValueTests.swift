import CorePostgres
import FleetModel
import Testing

@Suite(.timeLimit(.minutes(10)))
struct PostgresValueTests {
    @Test(arguments: [Int64.min, -1, 0, 1, .max])
    func `an int64 comes back as it went`(_ value: Int64) async throws {
        try await PostgresPool.withDatabase { pool, _ in
            let row = try await pool.withConnection { connection in
                try connection.execute(
                    Statement("echo", "SELECT $1 AS value, $2 AS narrow"),
                    .int64(value),
                    .int32(Int32(truncatingIfNeeded: value))
                ).first
            }

            #expect(try row?.int64("value") == value)
            #expect(try row?.int32("narrow") == Int32(truncatingIfNeeded: value))
        }
    }

    @Test
    func `doubles come back bit by bit`() async throws {
        let values = [
            0, -0.0, 1.5, .pi, .infinity, -.infinity, .greatestFiniteMagnitude,
            .leastNonzeroMagnitude,
        ]
        try await PostgresPool.withDatabase { pool, _ in
            let row = try await pool.withConnection { connection in
                try connection.execute(
                    Statement("echo", "SELECT $1 AS many, $2 AS one"),
                    .doubleArray(values),
                    .double(.nan)
                ).first
            }

            #expect(try row?.doubleArray("many").map(\.bitPattern) == values.map(\.bitPattern))
            #expect(try row?.double("one").isNaN == true)
        }
    }

    @Test(arguments: ["", "plain", "⚓️ größer", "line\nbreak", "'; DROP TABLE x; --", "\\N"])
    func `a text comes back as it went`(_ value: String) async throws {
        try await PostgresPool.withDatabase { pool, _ in
            let row = try await pool.withConnection { connection in
                try connection.execute(
                    Statement("echo", "SELECT $1::text AS one, $2 AS many"),
                    .text(value),
                    .textArray([value, ""])
                ).first
            }

            #expect(try row?.text("one") == value)
            #expect(try row?.textArray("many") == [value, ""])
        }
    }

    @Test
    func `bytes of every value come back`() async throws {
        let all = (0...255).map { UInt8($0) }
        try await PostgresPool.withDatabase { pool, _ in
            let row = try await pool.withConnection { connection in
                try connection.execute(
                    Statement("echo", "SELECT $1 AS one, $2 AS none, $3 AS many"),
                    .bytes(all),
                    .bytes([]),
                    .bytesArray([all, [], [0]])
                ).first
            }

            #expect(try row?.bytes("one") == all)
            #expect(try row?.bytes("none") == [])
            #expect(try row?.bytesArray("many") == [all, [], [0]])
        }
    }

    @Test(arguments: [
        Int64.min, -210_866_803_200_000, -1, 0, 946_684_800_000, 1_795_264_560_123, .max,
    ])
    func `a timestamp comes back to the millisecond`(_ milliseconds: Int64) async throws {
        let value = Timestamp(milliseconds: milliseconds)
        try await PostgresPool.withDatabase { pool, _ in
            let row = try await pool.withConnection { connection in
                try connection.execute(
                    Statement("echo", "SELECT $1 AS one, $2 AS many"),
                    .timestamp(value),
                    .timestampArray([value])
                ).first
            }

            #expect(try row?.timestamp("one") == value)
            #expect(try row?.timestampArray("many") == [value])
        }
    }

    @Test
    func `timestamps mean what PostgreSQL's texts say, cut downwards`() async throws {
        try await PostgresPool.withDatabase { pool, _ in
            let row = try await pool.withConnection { connection in
                try connection.execute(
                    Statement(
                        "times",
                        """
                        SELECT
                            '2026-11-21 12:22:38.123999+00'::timestamptz AS later,
                            '1969-12-31 23:59:59.9995+00'::timestamptz AS before,
                            'infinity'::timestamptz AS never,
                            '2026-11-21'::date AS day,
                            $1 = '2026-11-21 12:22:38.123+00'::timestamptz AS is_same
                        """
                    ),
                    .timestamp(Timestamp(milliseconds: 1_795_263_758_123))
                ).first
            }

            #expect(try row?.timestamp("later").description == "2026-11-21T12:22:38.123Z")
            #expect(try row?.timestamp("before").milliseconds == -1)
            #expect(try row?.timestamp("never").milliseconds == .max)
            #expect(try row?.timestamp("day").description == "2026-11-21T00:00:00.000Z")
            #expect(try row?.bool("is_same") == true)
        }
    }

    @Test
    func `empty arrays and arrays with nulls come back`() async throws {
        try await PostgresPool.withDatabase { pool, _ in
            let row = try await pool.withConnection { connection in
                try connection.execute(
                    Statement("echo", "SELECT $1 AS none, $2 AS texts, $3 AS flags, $4 AS numbers"),
                    .int64Array([]),
                    .nullableArray(of: .text, [.text("a"), .null]),
                    .boolArray([true, false]),
                    .nullableArray(of: .int64, [.null, .int64(.min)])
                ).first
            }

            #expect(try row?.int64Array("none") == [])
            #expect(try row?.nullableTextArray("texts") == ["a", nil])
            #expect(try row?.boolArray("flags") == [true, false])
            #expect(try row?.nullableInt64Array("numbers") == [nil, .min])
            #expect(throws: PostgresError.self) { try row?.textArray("texts") }
        }
    }

    @Test
    func `numeric is read as an integer or a double where it fits`() async throws {
        try await PostgresPool.withDatabase { pool, _ in
            let row = try await pool.withConnection { connection in
                try connection.execute(
                    Statement(
                        "numbers",
                        """
                        SELECT
                            sum(value) AS total,
                            avg(value) AS mean,
                            (-9223372036854775808)::numeric AS least,
                            9223372036854775808::numeric AS too_large,
                            1000000::numeric AS million,
                            0.00012345::numeric AS small,
                            'NaN'::numeric AS nothing
                        FROM (VALUES (1::bigint), (2)) AS pair (value)
                        """
                    )
                ).first
            }

            #expect(try row?.int64("total") == 3)
            #expect(try row?.double("mean") == 1.5)
            #expect(try row?.int64("least") == .min)
            #expect(throws: PostgresError.self) { try row?.int64("too_large") }
            #expect(throws: PostgresError.self) { try row?.int64("mean") }
            #expect(try row?.int64("million") == 1_000_000)
            #expect(try row?.double("small") == 0.00012345)
            #expect(try row?.double("nothing").isNaN == true)
        }
    }

    @Test
    func `a text fills whatever type its place has`() async throws {
        try await PostgresPool.withDatabase { pool, _ in
            let row = try await pool.withConnection { connection in
                try connection.run(
                    script: """
                        CREATE TYPE colour AS ENUM ('red', 'green');
                        CREATE TABLE things (document jsonb, id uuid, paint colour, pause interval);
                        """
                )
                return try connection.execute(
                    Statement(
                        "insert_thing",
                        """
                        INSERT INTO things VALUES ($1, $2, $3, $4)
                        RETURNING document, id, paint, extract(epoch FROM pause) AS seconds
                        """
                    ),
                    .text(#"{"a": 1}"#),
                    .text("6f1b2c3d-0000-4000-8000-00000000ff01"),
                    .text("green"),
                    .text("90 seconds")
                ).first
            }

            #expect(try row?.text("document") == #"{"a": 1}"#)
            #expect(try row?.text("id") == "6f1b2c3d-0000-4000-8000-00000000ff01")
            #expect(try row?.text("paint") == "green")
            #expect(try row?.int64("seconds") == 90)
        }
    }

    @Test
    func `a statement takes nulls first and values later`() async throws {
        let statement = Statement(
            "maybe",
            "SELECT coalesce($1, 7::smallint)::bigint AS number, coalesce($2, 'none') AS name"
        )
        try await PostgresPool.withDatabase { pool, _ in
            let numbers = try await pool.withConnection { connection in
                try [
                    connection.execute(statement, .null, .null),
                    connection.execute(statement, .int64(1 << 40), .text("x")),
                    connection.execute(statement, .int32(70_000), .null),
                    connection.execute(statement, .null, .text("y")),
                ].map { try $0[0].int64("number") }
            }

            #expect(numbers == [7, 1 << 40, 70_000, 7])
        }
    }

    @Test(arguments: [
        PostgresValue.text("a\0b"), .textArray(["fine", "\0"]),
        .timestamp(Timestamp(milliseconds: .max - 1)),
    ])
    func `what PostgreSQL can't hold is refused before it is sent`(
        _ value: PostgresValue
    ) async throws {
        try await PostgresPool.withDatabase { pool, _ in
            let error = await #expect(throws: PostgresError.self) {
                try await pool.withConnection { connection in
                    _ = try connection.execute(Statement("echo", "SELECT $1"), value)
                }
            }

            #expect(error?.code == .invalidValue)
            #expect(error?.description.contains("$1") == true)
        }
    }
}
