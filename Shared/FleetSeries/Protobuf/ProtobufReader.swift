/// Takes a protobuf message apart, field by field, and trusts nothing: no length is believed before
/// the bytes are there, and nothing is copied.
package struct ProtobufReader: Sendable {
    /// A field's value in one of the four forms that are in use.
    package enum Value: Sendable, Equatable {
        case varint(UInt64)
        case fixed64(UInt64)
        case bytes(ArraySlice<UInt8>)
        case fixed32(UInt32)

        /// Enums, booleans and integers; 0 for what has another form.
        package var number: UInt64 {
            if case .varint(let value) = self { value } else { 0 }
        }

        /// `int64`: the same bits.
        package var integer: Int64 { Int64(bitPattern: number) }

        /// `double`; 0 for what has another form.
        package var double: Double {
            if case .fixed64(let bits) = self { Double(bitPattern: bits) } else { 0 }
        }

        /// Strings, byte strings, packed lists and messages; empty for what has another form.
        package var content: ArraySlice<UInt8> {
            if case .bytes(let bytes) = self { bytes } else { [] }
        }

        /// - Throws: `ByteError.notUTF8`.
        package func text() throws(ByteError) -> String {
            guard let text = String(validating: content, as: UTF8.self) else { throw .notUTF8 }
            return text
        }
    }

    private var reader: ByteReader

    package init(_ bytes: ArraySlice<UInt8>) {
        reader = ByteReader(bytes)
    }

    /// The next field, or `nil` at the end. Groups, which nobody has written in years, are refused.
    package mutating func next() throws(ByteError) -> (field: Int, value: Value)? {
        guard reader.remaining > 0 else { return nil }
        let key = try reader.readVarint()
        guard key >> 3 <= UInt64(UInt32.max) else {
            throw .aboveLimit(value: key >> 3, limit: Int(UInt32.max))
        }
        let field = Int(key >> 3)
        switch key & 7 {
        case 0: return (field, .varint(try reader.readVarint()))
        case 1: return (field, .fixed64(try reader.readLittleEndian()))
        case 2:
            let length = try reader.readCount(limit: .max)
            return (field, .bytes(try reader.readBytes(length)))
        case 5: return (field, .fixed32(try reader.readLittleEndian()))
        case let other: throw .aboveLimit(value: other, limit: 5)
        }
    }
}
