/// Writes a protobuf message, field by field. As in proto3, a zero or an empty text is left out.
package struct ProtobufWriter: Sendable {
    private var writer: ByteWriter

    package init(reserving capacity: Int = 0) {
        writer = ByteWriter(reserving: capacity)
    }

    package var bytes: [UInt8] { writer.bytes }

    private mutating func key(_ field: Int, _ form: UInt64) {
        writer.writeVarint(UInt64(field) << 3 | form)
    }

    /// `int64`, enums and booleans.
    package mutating func write(_ field: Int, integer value: Int64) {
        guard value != 0 else { return }
        key(field, 0)
        writer.writeVarint(UInt64(bitPattern: value))
    }

    package mutating func write(_ field: Int, double value: Double) {
        guard value.bitPattern != 0 else { return }
        key(field, 1)
        writer.writeLittleEndian(value.bitPattern)
    }

    package mutating func write(_ field: Int, text value: String) {
        guard !value.isEmpty else { return }
        key(field, 2)
        writer.writeText(value)
    }

    /// A byte string or a message; written even if it is empty, since a list may hold empty ones.
    package mutating func write(_ field: Int, bytes value: [UInt8]) {
        key(field, 2)
        writer.writeVarint(value.count)
        writer.writeBytes(value)
    }

    /// A message within this one.
    package mutating func write(_ field: Int, message body: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        body(&inner)
        write(field, bytes: inner.bytes)
    }
}
