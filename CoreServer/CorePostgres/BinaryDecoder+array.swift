extension BinaryDecoder {
    /// A one-dimensional array without nulls.
    static func array<Value>(of element: @escaping Decode<Value>) -> Decode<[Value]> {
        { (field, type) throws(DecodingFailure) in
            var values: [Value] = []
            for value in try elements(field, type, element) {
                guard let value else { throw DecodingFailure(reason: "holds a null") }
                values.append(value)
            }
            return values
        }
    }

    /// A one-dimensional array that may hold nulls.
    static func nullableArray<Value>(of element: @escaping Decode<Value>) -> Decode<[Value?]> {
        { (field, type) throws(DecodingFailure) in try elements(field, type, element) }
    }

    private static func elements<Value>(
        _ field: UnsafeRawBufferPointer,
        _ type: PostgresType,
        _ element: Decode<Value>
    ) throws(DecodingFailure) -> [Value?] {
        guard isArray(type) else { throw .type(type) }
        var rest = field[...]
        func take(_ count: Int) throws(DecodingFailure) -> UnsafeRawBufferPointer {
            guard count >= 0, rest.count >= count else { throw .damaged }
            defer { rest = rest.dropFirst(count) }
            return UnsafeRawBufferPointer(rebasing: rest.prefix(count))
        }
        let dimensions: Int32 = try integer(try take(4))
        _ = try take(4)  // Whether it holds nulls; each element tells itself.
        let elementType = PostgresType(try integer(try take(4)) as UInt32)
        guard dimensions > 0 else { return [] }
        guard dimensions == 1 else {
            throw DecodingFailure(reason: "is an array of more than one dimension")
        }
        let count: Int32 = try integer(try take(4))
        _ = try take(4)  // The lower bound.
        // Each element takes four bytes at least, so a damaged count can't reserve much.
        guard count >= 0, Int(count) <= rest.count / 4 else { throw .damaged }
        var values: [Value?] = []
        values.reserveCapacity(Int(count))
        for _ in 0..<count {
            let length: Int32 = try integer(try take(4))
            values.append(
                length < 0 ? nil : try element(try take(Int(length)), elementType)
            )
        }
        return values
    }

    /// Arrays of built-in types stand in 1000...1263 and a few later numbers; those of enums and
    /// extensions can't be told from others by number, so they are tried.
    private static func isArray(_ type: PostgresType) -> Bool {
        (1000...1041).contains(type.rawValue) || (1115...1185).contains(type.rawValue)
            || [199, 1231, 1263, 2951, 3807].contains(type.rawValue) || type.isUserDefined
    }
}
