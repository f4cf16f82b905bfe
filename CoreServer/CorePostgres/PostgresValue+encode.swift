import FleetModel

/// Why a value can't be sent; the caller adds the statement and the position.
struct EncodingFailure: Error {
    let reason: String
}

extension PostgresValue {
    /// Appends the value in PostgreSQL's binary format for its own type (`type`, or `text`).
    /// A null appends nothing; its length is told elsewhere.
    func encode(into bytes: inout [UInt8]) throws(EncodingFailure) {
        switch self {
        case .null: break
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .int32(let value): bytes.append(bigEndian: value)
        case .int64(let value): bytes.append(bigEndian: value)
        case .double(let value): bytes.append(bigEndian: value.bitPattern)
        case .text(let value): try Self.append(text: value, to: &bytes)
        case .bytes(let value): bytes.append(contentsOf: value)
        case .timestamp(let value): bytes.append(bigEndian: try Self.microseconds(value))
        case .boolArray(let values):
            try Self.append(array: values, of: .bool, to: &bytes) { value, bytes in
                bytes.append(value ? 1 : 0)
            }
        case .int32Array(let values):
            try Self.append(array: values, of: .int4, to: &bytes) { $1.append(bigEndian: $0) }
        case .int64Array(let values):
            try Self.append(array: values, of: .int8, to: &bytes) { $1.append(bigEndian: $0) }
        case .doubleArray(let values):
            try Self.append(array: values, of: .float8, to: &bytes) { value, bytes in
                bytes.append(bigEndian: value.bitPattern)
            }
        case .textArray(let values):
            try Self.append(array: values, of: .text, to: &bytes) {
                (value, bytes) throws(EncodingFailure) in
                try Self.append(text: value, to: &bytes)
            }
        case .bytesArray(let values):
            try Self.append(array: values, of: .bytea, to: &bytes) {
                $1.append(contentsOf: $0)
            }
        case .timestampArray(let values):
            try Self.append(array: values, of: .timestamptz, to: &bytes) {
                (value, bytes) throws(EncodingFailure) in
                bytes.append(bigEndian: try Self.microseconds(value))
            }
        case .nullableArray(let element, let values):
            try Self.append(nullable: values, of: element, to: &bytes)
        }
    }

    /// Appends the value in the binary format of a column's type, where nothing is lost by it.
    ///
    /// COPY needs this: it casts nothing.
    func encode(as type: PostgresType, into bytes: inout [UInt8]) throws(EncodingFailure) {
        switch (self, type) {
        case (.int32(let value), _):
            try Self.append(integer: Int64(value), as: type, to: &bytes)
        case (.int64(let value), _):
            try Self.append(integer: value, as: type, to: &bytes)
        case (.double(let value), .float4):
            bytes.append(bigEndian: Float(value).bitPattern)
        case (.text(let value), .jsonb):
            bytes.append(1)  // The version of jsonb's binary format.
            try Self.append(text: value, to: &bytes)
        case (.text(let value), .uuid):
            try Self.append(uuid: value, to: &bytes)
        case (.text, .text), (.text, .varchar), (.text, .bpchar), (.text, .name), (.text, .json):
            try encode(into: &bytes)
        case (.text, _) where type.isUserDefined:
            try encode(into: &bytes)
        case (.timestamp, .timestamp), (.textArray, .varcharArray):
            try encode(into: &bytes)
        default:
            guard self.type == type, type != .inferred else {
                throw EncodingFailure(
                    reason: "\(kind) does not fit a column of type \(type.rawValue)"
                )
            }
            try encode(into: &bytes)
        }
    }

    private static func append(
        integer: Int64,
        as type: PostgresType,
        to bytes: inout [UInt8]
    ) throws(EncodingFailure) {
        switch type {
        case .int8:
            bytes.append(bigEndian: integer)
        case .int4:
            guard let value = Int32(exactly: integer) else { break }
            bytes.append(bigEndian: value)
            return
        case .int2:
            guard let value = Int16(exactly: integer) else { break }
            bytes.append(bigEndian: value)
            return
        case .float8:
            guard let value = Double(exactly: integer) else { break }
            bytes.append(bigEndian: value.bitPattern)
            return
        default:
            throw EncodingFailure(
                reason: "an integer does not fit a column of type \(type.rawValue)"
            )
        }
        guard type == .int8 else {
            throw EncodingFailure(reason: "the integer is out of its column's range")
        }
    }

    static func append(text: String, to bytes: inout [UInt8]) throws(EncodingFailure) {
        guard !text.utf8.contains(0) else {
            throw EncodingFailure(reason: "the text holds a NUL character")
        }
        bytes.append(contentsOf: text.utf8)
    }

    private static func append(uuid: String, to bytes: inout [UInt8]) throws(EncodingFailure) {
        let digits = uuid.filter { $0 != "-" }
        var value: [UInt8] = []
        var rest = Substring(digits)
        while rest.count >= 2, let byte = UInt8(rest.prefix(2), radix: 16) {
            value.append(byte)
            rest = rest.dropFirst(2)
        }
        guard value.count == 16, rest.isEmpty else {
            throw EncodingFailure(reason: "the text is no UUID")
        }
        bytes.append(contentsOf: value)
    }

    /// Microseconds since 2000-01-01, as `timestamptz` travels.
    private static func microseconds(_ timestamp: Timestamp) throws(EncodingFailure) -> Int64 {
        switch timestamp.milliseconds {
        case .max: return .max
        case .min: return .min
        case PostgresTime.milliseconds:
            return (timestamp.milliseconds - PostgresTime.epochMilliseconds) * 1000
        default:
            throw EncodingFailure(reason: "the timestamp is out of PostgreSQL's range")
        }
    }

    private static func append<Element>(
        array: [Element],
        of type: PostgresType,
        to bytes: inout [UInt8],
        _ element: (Element, inout [UInt8]) throws(EncodingFailure) -> Void
    ) throws(EncodingFailure) {
        appendArrayHeader(count: array.count, of: type, hasNulls: false, to: &bytes)
        for value in array {
            try bytes.appendCounted { (bytes) throws(EncodingFailure) in
                try element(value, &bytes)
            }
        }
    }

    private static func append(
        nullable values: [PostgresValue],
        of element: ElementType,
        to bytes: inout [UInt8]
    ) throws(EncodingFailure) {
        appendArrayHeader(count: values.count, of: element.type, hasNulls: true, to: &bytes)
        for value in values {
            if case .null = value {
                bytes.append(bigEndian: Int32(-1))
                continue
            }
            try bytes.appendCounted { (bytes) throws(EncodingFailure) in
                try value.encode(as: element.type, into: &bytes)
            }
        }
    }

    /// `array_recv`: dimensions, null flag, element type, then length and lower bound of each
    /// dimension. An empty array has no dimension.
    private static func appendArrayHeader(
        count: Int,
        of type: PostgresType,
        hasNulls: Bool,
        to bytes: inout [UInt8]
    ) {
        bytes.append(bigEndian: Int32(count == 0 ? 0 : 1))
        bytes.append(bigEndian: Int32(hasNulls ? 1 : 0))
        bytes.append(bigEndian: type.rawValue)
        guard count > 0 else { return }
        bytes.append(bigEndian: Int32(truncatingIfNeeded: count))
        bytes.append(bigEndian: Int32(1))
    }
}
