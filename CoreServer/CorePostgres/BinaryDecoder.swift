import FleetModel

/// Reads PostgreSQL's binary formats, checking every length: the bytes came over a network.
enum BinaryDecoder {
    /// Reads one field of a type that PostgreSQL named.
    typealias Decode<Value> =
        (UnsafeRawBufferPointer, PostgresType) throws(DecodingFailure) -> Value

    static func int32(
        _ field: UnsafeRawBufferPointer,
        _ type: PostgresType
    ) throws(DecodingFailure) -> Int32 {
        guard let value = Int32(exactly: try int64(field, type)) else {
            throw DecodingFailure(reason: "is out of an int32's range")
        }
        return value
    }

    static func int64(
        _ field: UnsafeRawBufferPointer,
        _ type: PostgresType
    ) throws(DecodingFailure) -> Int64 {
        switch type {
        case .int8: return try integer(field)
        case .int4: return Int64(try integer(field) as Int32)
        case .int2: return Int64(try integer(field) as Int16)
        case .oid: return Int64(try integer(field) as UInt32)
        case .numeric: return try NumericDecoder(field).int64()
        default: throw .type(type)
        }
    }

    static func double(
        _ field: UnsafeRawBufferPointer,
        _ type: PostgresType
    ) throws(DecodingFailure) -> Double {
        switch type {
        case .float8: return Double(bitPattern: try integer(field))
        case .float4: return Double(Float(bitPattern: try integer(field)))
        case .numeric: return try NumericDecoder(field).double()
        case .int8, .int4, .int2: return Double(try int64(field, type))
        default: throw .type(type)
        }
    }

    static func bool(
        _ field: UnsafeRawBufferPointer,
        _ type: PostgresType
    ) throws(DecodingFailure) -> Bool {
        guard type == .bool else { throw .type(type) }
        guard field.count == 1 else { throw .damaged }
        return field[0] != 0
    }

    static func bytes(
        _ field: UnsafeRawBufferPointer,
        _ type: PostgresType
    ) throws(DecodingFailure) -> [UInt8] {
        guard type == .bytea else { throw .type(type) }
        return [UInt8](field)
    }

    static func text(
        _ field: UnsafeRawBufferPointer,
        _ type: PostgresType
    ) throws(DecodingFailure) -> String {
        switch type {
        case .text, .varchar, .bpchar, .name, .char, .json, .unknown, .void:
            return String(decoding: field, as: UTF8.self)
        case .jsonb:
            guard field.first == 1 else { throw .damaged }
            return String(decoding: field.dropFirst(), as: UTF8.self)
        case .uuid:
            return try uuid(field)
        case _ where type.isUserDefined:
            return String(decoding: field, as: UTF8.self)
        default:
            throw .type(type)
        }
    }

    static func timestamp(
        _ field: UnsafeRawBufferPointer,
        _ type: PostgresType
    ) throws(DecodingFailure) -> Timestamp {
        if type == .date {
            let days: Int32 = try integer(field)
            switch days {
            case .max: return Timestamp(milliseconds: .max)
            case .min: return Timestamp(milliseconds: .min)
            default:
                return Timestamp(
                    milliseconds: Int64(days) * 86_400_000 + PostgresTime.epochMilliseconds
                )
            }
        }
        guard type == .timestamptz || type == .timestamp else { throw .type(type) }
        let microseconds: Int64 = try integer(field)
        switch microseconds {
        case .max: return Timestamp(milliseconds: .max)
        case .min: return Timestamp(milliseconds: .min)
        default:
            let (quotient, remainder) = microseconds.quotientAndRemainder(dividingBy: 1000)
            let floor = remainder < 0 ? quotient - 1 : quotient
            return Timestamp(milliseconds: floor + PostgresTime.epochMilliseconds)
        }
    }

    static func integer<Value: FixedWidthInteger>(
        _ field: UnsafeRawBufferPointer
    ) throws(DecodingFailure) -> Value {
        guard field.count == MemoryLayout<Value>.size else { throw .damaged }
        return Value(bigEndian: field.loadUnaligned(as: Value.self))
    }

    private static func uuid(_ field: UnsafeRawBufferPointer) throws(DecodingFailure) -> String {
        guard field.count == 16 else { throw .damaged }
        var text = ""
        for (index, byte) in field.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
        return text
    }
}
