import FleetModel

/// One row of a result, read by column name and type.
///
/// A name the result does not have, a type that does not fit, or an unexpected null throws a
/// `PostgresError` of code `unexpectedColumn` that names the column. Integers widen, `numeric` is
/// read as an integer or a double where it fits, text types and `jsonb`, `uuid` and enums are text.
package struct PostgresRow: Sendable {
    let result: PostgresResult
    let index: Int32

    package func int32(_ column: String) throws(PostgresError) -> Int32 {
        try required(column, BinaryDecoder.int32)
    }

    package func int64(_ column: String) throws(PostgresError) -> Int64 {
        try required(column, BinaryDecoder.int64)
    }

    package func double(_ column: String) throws(PostgresError) -> Double {
        try required(column, BinaryDecoder.double)
    }

    package func bool(_ column: String) throws(PostgresError) -> Bool {
        try required(column, BinaryDecoder.bool)
    }

    package func text(_ column: String) throws(PostgresError) -> String {
        try required(column, BinaryDecoder.text)
    }

    package func bytes(_ column: String) throws(PostgresError) -> [UInt8] {
        try required(column, BinaryDecoder.bytes)
    }

    /// Cut to whole milliseconds, downwards.
    package func timestamp(_ column: String) throws(PostgresError) -> Timestamp {
        try required(column, BinaryDecoder.timestamp)
    }

    package func optionalInt32(_ column: String) throws(PostgresError) -> Int32? {
        try optional(column, BinaryDecoder.int32)
    }

    package func optionalInt64(_ column: String) throws(PostgresError) -> Int64? {
        try optional(column, BinaryDecoder.int64)
    }

    package func optionalDouble(_ column: String) throws(PostgresError) -> Double? {
        try optional(column, BinaryDecoder.double)
    }

    package func optionalBool(_ column: String) throws(PostgresError) -> Bool? {
        try optional(column, BinaryDecoder.bool)
    }

    package func optionalText(_ column: String) throws(PostgresError) -> String? {
        try optional(column, BinaryDecoder.text)
    }

    package func optionalBytes(_ column: String) throws(PostgresError) -> [UInt8]? {
        try optional(column, BinaryDecoder.bytes)
    }

    package func optionalTimestamp(_ column: String) throws(PostgresError) -> Timestamp? {
        try optional(column, BinaryDecoder.timestamp)
    }

    package func int64Array(_ column: String) throws(PostgresError) -> [Int64] {
        try required(column, BinaryDecoder.array(of: BinaryDecoder.int64))
    }

    package func doubleArray(_ column: String) throws(PostgresError) -> [Double] {
        try required(column, BinaryDecoder.array(of: BinaryDecoder.double))
    }

    package func boolArray(_ column: String) throws(PostgresError) -> [Bool] {
        try required(column, BinaryDecoder.array(of: BinaryDecoder.bool))
    }

    package func textArray(_ column: String) throws(PostgresError) -> [String] {
        try required(column, BinaryDecoder.array(of: BinaryDecoder.text))
    }

    package func bytesArray(_ column: String) throws(PostgresError) -> [[UInt8]] {
        try required(column, BinaryDecoder.array(of: BinaryDecoder.bytes))
    }

    package func timestampArray(_ column: String) throws(PostgresError) -> [Timestamp] {
        try required(column, BinaryDecoder.array(of: BinaryDecoder.timestamp))
    }

    /// As `int64Array`, with nulls inside.
    package func nullableInt64Array(_ column: String) throws(PostgresError) -> [Int64?] {
        try required(column, BinaryDecoder.nullableArray(of: BinaryDecoder.int64))
    }

    /// As `doubleArray`, with nulls inside.
    package func nullableDoubleArray(_ column: String) throws(PostgresError) -> [Double?] {
        try required(column, BinaryDecoder.nullableArray(of: BinaryDecoder.double))
    }

    /// As `textArray`, with nulls inside.
    package func nullableTextArray(_ column: String) throws(PostgresError) -> [String?] {
        try required(column, BinaryDecoder.nullableArray(of: BinaryDecoder.text))
    }

    private func required<Value>(
        _ column: String,
        _ decode: BinaryDecoder.Decode<Value>
    ) throws(PostgresError) -> Value {
        guard let value = try optional(column, decode) else {
            throw failure(column, "is null")
        }
        return value
    }

    private func optional<Value>(
        _ column: String,
        _ decode: BinaryDecoder.Decode<Value>
    ) throws(PostgresError) -> Value? {
        guard let position = result.column(column) else {
            throw failure(column, "is not in the result")
        }
        let type = result.type(of: position)
        return try result.withField(row: index, column: position) {
            (field) throws(PostgresError) -> Value? in
            guard let field else { return nil }
            do throws(DecodingFailure) {
                return try decode(field, type)
            } catch {
                throw failure(column, error.reason)
            }
        }
    }

    private func failure(_ column: String, _ reason: String) -> PostgresError {
        PostgresError(
            .unexpectedColumn,
            "column \"\(column)\" \(reason)",
            statement: result.statement
        )
    }
}
