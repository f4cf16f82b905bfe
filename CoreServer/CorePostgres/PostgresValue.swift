import FleetModel

/// A value bound to `$1`, `$2`, … or written by COPY.
///
/// All but text travel in PostgreSQL's binary format with their own type, so `$1` needs no cast.
/// Text is sent like a quoted SQL literal: PostgreSQL takes its type from the place it stands in,
/// so a string may fill a `jsonb`, `uuid`, `interval` or enum column. Where the place says nothing
/// (`unnest($1)`), write `$1::text`.
package enum PostgresValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case int32(Int32)
    case int64(Int64)
    case double(Double)
    /// Without a NUL character, which PostgreSQL can't store.
    case text(String)
    case bytes([UInt8])
    /// `timestamptz`. The extremes of `Timestamp` become `-infinity` and `infinity`; other moments
    /// must lie in PostgreSQL's range, 4713 BC to 294276 AD.
    case timestamp(Timestamp)

    case boolArray([Bool])
    case int32Array([Int32])
    case int64Array([Int64])
    case doubleArray([Double])
    case textArray([String])
    case bytesArray([[UInt8]])
    case timestampArray([Timestamp])
    /// An array that may hold nulls. Its elements are null or of the element type.
    case nullableArray(of: ElementType, [PostgresValue])

    /// What a nullable array holds.
    package enum ElementType: Sendable, Hashable {
        case bool, int32, int64, double, text, bytes, timestamp
    }

    /// The value, or null: `.optional(port, PostgresValue.text)`.
    package static func optional<Wrapped>(
        _ wrapped: Wrapped?,
        _ make: (Wrapped) -> PostgresValue
    ) -> PostgresValue {
        wrapped.map(make) ?? .null
    }

    /// The type given to PostgreSQL when a statement is prepared.
    var type: PostgresType {
        switch self {
        case .null, .text: .inferred
        case .bool: .bool
        case .int32: .int4
        case .int64: .int8
        case .double: .float8
        case .bytes: .bytea
        case .timestamp: .timestamptz
        case .boolArray: .boolArray
        case .int32Array: .int4Array
        case .int64Array: .int8Array
        case .doubleArray: .float8Array
        case .textArray: .textArray
        case .bytesArray: .byteaArray
        case .timestampArray: .timestamptzArray
        case .nullableArray(let element, _): element.arrayType
        }
    }

    /// For messages: what kind of value it is, never the value.
    var kind: String {
        switch self {
        case .null: "a null"
        case .bool: "a bool"
        case .int32: "an int32"
        case .int64: "an int64"
        case .double: "a double"
        case .text: "a text"
        case .bytes: "bytes"
        case .timestamp: "a timestamp"
        case .boolArray, .int32Array, .int64Array, .doubleArray, .textArray, .bytesArray,
            .timestampArray, .nullableArray:
            "an array"
        }
    }
}

extension PostgresValue.ElementType {
    var arrayType: PostgresType {
        switch self {
        case .bool: .boolArray
        case .int32: .int4Array
        case .int64: .int8Array
        case .double: .float8Array
        case .text: .textArray
        case .bytes: .byteaArray
        case .timestamp: .timestamptzArray
        }
    }

    var type: PostgresType {
        switch self {
        case .bool: .bool
        case .int32: .int4
        case .int64: .int8
        case .double: .float8
        case .text: .text
        case .bytes: .bytea
        case .timestamp: .timestamptz
        }
    }
}
